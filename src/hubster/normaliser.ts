import type { Channel } from '../channels/channel';
import { channelByNumber } from '../channels/channel-registry';
import { renameKeys } from '../channels/configuration-keys';
import { integrationTypeOf } from '../channels/integration-type';
import { guidOf } from '../context/request-context';
import { exceedsCount } from '../json/json-size';
import {
  exactNumber,
  isJsonObject,
  isNumber,
  type JsonObject,
  type JsonValue,
  sameJson,
  textOfNumber,
} from '../json/json-value';
import { tryReadJson } from '../json/read/read-json';
import type { QUIRKS } from '../observability/metrics/label-sets';
import { Secret } from '../secrets/secret';
import type { Integration } from './integration';

/** Known deviations of Hubster's responses from its documentation; each occurrence is counted. */
export type Quirk = (typeof QUIRKS)[number];

type CountQuirk = (quirk: Quirk) => void;

/** The documented names by their lower-case spelling. */
const KNOWN_FIELDS: ReadonlyMap<string, string> = new Map(
  ['integrationId', 'hubId', 'inboundId', 'integrationTypeId', 'channelId', 'name', 'statusId', 'configuration'].map(
    (name) => [name.toLowerCase(), name],
  ),
);

/** In UTF-16 units; a configuration in a longer string is not read. */
const MAX_CONFIGURATION_TEXT = 256 * 1024;

/** A configuration of more values is not read: masking and writing it would block the event loop for too long. */
const MAX_CONFIGURATION_VALUES = 100_000;

/** Texts accepted as the name or number of a channel or type; any other text could come from anywhere. */
const NAME = /^(?=.*\w)[\w -]{1,40}$/;

/** Reads an integration from Hubster's JSON; undefined if it cannot be read (S-010, S-111). */
export function readIntegration(json: unknown, count: CountQuirk): Integration | undefined {
  if (!isJsonObject(json)) return undefined;
  const fields = foldTopLevel(json, count);
  const integrationId = guidOf(fields.get('integrationId'));
  const hubId = guidOf(fields.get('hubId'));
  const channel = readChannel(fields.get('channelId'), count);
  const sent = readConfiguration(fields.get('configuration'), count);
  if (integrationId === undefined || hubId === undefined || !channel || !sent) return undefined;
  if (exceedsCount(sent, MAX_CONFIGURATION_VALUES)) return undefined;
  const configuration = readKeys(channel, sent, count);
  const integrationTypeId = readType(fields.get('integrationTypeId'), count);
  countTypeMismatch(integrationTypeId, configuration, count);
  return {
    integrationId,
    hubId,
    inboundId: readText(fields.get('inboundId')),
    integrationTypeId,
    channel,
    name: readText(fields.get('name')),
    statusId: readStatus(fields.get('statusId')),
    configuration: Secret.of(configuration),
  };
}

/** The documented top-level fields, whatever the case of their keys; other fields are dropped (S-407). */
function foldTopLevel(json: JsonObject, count: CountQuirk): ReadonlyMap<string, JsonValue> {
  const fields = new Map<string, JsonValue>();
  for (const [key, value] of Object.entries(json)) {
    const name = KNOWN_FIELDS.get(key.toLowerCase());
    if (name === undefined) count('extra-field');
    else if (name === key || !fields.has(name)) fields.set(name, value);
    if (name !== undefined && name !== key) count('key-case');
  }
  return fields;
}

/** A name in any case, a number or its digits (S-226, S-401). */
function readChannel(value: JsonValue | undefined, count: CountQuirk): Channel | undefined {
  const text = readName(value);
  if (text === undefined) return undefined;
  const channel = channelByNumber(text);
  if (isNumber(value)) count('number-for-name');
  if (channel.number === undefined) count('unknown-channel');
  return channel;
}

/** A name in any case, a number or its digits; an unknown one is returned unchanged (S-112, S-401). */
function readType(value: JsonValue | undefined, count: CountQuirk): string | undefined {
  const text = readName(value);
  if (text === undefined) return undefined;
  if (isNumber(value)) count('number-for-name');
  const type = integrationTypeOf(text);
  if (type === undefined) count('unknown-type');
  return type ?? text;
}

/** An object, or a string that contains one (S-408). */
function readConfiguration(value: JsonValue | undefined, count: CountQuirk): JsonObject | undefined {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') return isJsonObject(value) ? value : undefined;
  count('configuration-as-text');
  if (value.length > MAX_CONFIGURATION_TEXT) return undefined;
  const parsed = tryReadJson(Buffer.from(value));
  return isJsonObject(parsed) ? parsed : undefined;
}

function readKeys(channel: Channel, sent: JsonObject, count: CountQuirk): JsonObject {
  const { configuration, repeated, aliases, isRespelled } = renameKeys(channel, sent);
  for (const _key of aliases) count('alias-key');
  for (const _key of repeated) count('repeated-key');
  if (isRespelled) count('key-case');
  return configuration;
}

/** Direct has its type twice; both are shown as Hubster sends them (S-237). */
function countTypeMismatch(outer: string | undefined, configuration: JsonObject, count: CountQuirk): void {
  const inner = integrationTypeOf(configuration['integrationType']);
  if (inner !== undefined && outer !== undefined && !sameJson(inner, outer)) count('type-mismatch');
}

function readText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return isNumber(value) ? textOfNumber(value) : undefined;
}

/** The name or number of a channel or type; `102.0` is the number 102. */
function readName(value: JsonValue | undefined): string | undefined {
  const text = readText(exactNumber(value) ?? value);
  return text !== undefined && NAME.test(text) ? text : undefined;
}

function readStatus(value: JsonValue | undefined): number | undefined {
  const status = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : exactNumber(value);
  return Number.isSafeInteger(status) ? status : undefined;
}
