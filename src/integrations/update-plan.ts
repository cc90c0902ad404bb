import { channelNamed } from '../channels/channel-registry';
import { fieldNamed } from '../channels/configuration-keys';
import { integrationTypeOf } from '../channels/integration-type';
import { type JsonObject, type JsonValue, sameJson } from '../channels/json';
import { configurationErrors } from '../channels/validate-configuration';
import { guidOf } from '../context/guid';
import type { Integration } from '../hubster/integration';
import { type FieldError, fieldError, pointerOf } from '../problems/field-error';
import { Problem } from '../problems/problem';
import { MASK, Secret } from '../secrets/secret';
import { readConfigurationInput } from './requests/configuration-input';
import { type Findings, throwIfAny } from './requests/findings';
import { maskErrors } from './requests/masks';
import type { Claim, UpdateCommand } from './requests/update-request';
import { type Warning, warning } from './requests/warning';

/** What an update sends to Hubster; nothing at all when nothing would change (S-322). */
export interface UpdatePlan {
  readonly name?: string;
  readonly statusId?: number;
  readonly configuration?: Secret<JsonObject>;
  readonly warnings: readonly Warning[];
}

/**
 * Decides what an update sends, by what is there now: claims, the frozen rule, then the configuration (design 2).
 * Throws `configuration-frozen`, or everything else that is wrong at once. Pure.
 */
export function planUpdate(current: Integration, command: UpdateCommand, isLenient: boolean): UpdatePlan {
  const claims = checkClaims(current, command.claims);
  const sent = command.configuration?.reveal();
  const part = sent === undefined ? NOTHING : planConfiguration(current, command.mode, sent, isLenient);
  throwIfAny({ errors: [...claims.errors, ...part.errors], masks: part.masks });
  return {
    ...(command.name !== undefined && { name: command.name }),
    ...(command.statusId !== undefined && { statusId: command.statusId }),
    ...(part.configuration && { configuration: Secret.of(part.configuration) }),
    warnings: [...command.warnings, ...claims.warnings, ...part.warnings],
  };
}

interface ConfigurationPlan extends Findings {
  readonly configuration?: JsonObject;
}

const NOTHING: ConfigurationPlan = { errors: [], masks: [], warnings: [] };

function planConfiguration(
  current: Integration,
  mode: UpdateCommand['mode'],
  sent: JsonObject,
  isLenient: boolean,
): ConfigurationPlan {
  if (current.channel.configurationUpdate === 'frozen') return planFrozen(current, sent, isLenient);
  return mode === 'replace' ? planReplacement(current, sent) : planMerge(current, sent);
}

/** S-310, S-321, S-322: masks and current values are no change; a change is refused, or dropped where asked to. */
function planFrozen(current: Integration, sent: JsonObject, isLenient: boolean): ConfigurationPlan {
  const input = readConfigurationInput(current.channel, sent);
  const now = current.configuration.reveal();
  const isUnchanged = ([key, value]: [string, JsonValue]) => value === MASK || sameJson(value, now[key]);
  const changes = Object.entries(input.configuration).filter((entry) => !isUnchanged(entry));
  const unchanged = Object.entries(input.configuration).filter(isUnchanged);
  if (changes.length > 0 && !isLenient) throw new Problem('configuration-frozen', { detail: FROZEN });
  const dropped = changes.map(([key]) => warning('configuration-dropped', 'configuration', key));
  const kept = unchanged.map(([key]) => warning('unchanged-dropped', 'configuration', key));
  return { ...NOTHING, warnings: [...input.warnings, ...dropped, ...kept] };
}

const FROZEN =
  'Hubster ignores updates of this configuration. Delete the integration and create it anew; nothing of this request was applied.';

/** POST: what is sent is the whole configuration (S-303). */
function planReplacement(current: Integration, sent: JsonObject): ConfigurationPlan {
  const now = current.configuration.reveal();
  const input = readConfigurationInput(current.channel, withoutMaskedUndeclared(current, sent));
  const configuration = { ...inherited(current, input.configuration), ...unmasked(current, input.configuration) };
  const lost = Object.keys(now).filter((key) => !fieldNamed(current.channel, key));
  return {
    configuration,
    errors: [...input.errors, ...configurationErrors(current.channel, configuration, 'update')],
    masks: maskErrors(configuration, 'configuration'),
    warnings: [
      ...input.warnings,
      ...lost.map((key) => warning('undeclared-dropped', 'configuration', key)),
      ...losses(current, now, configuration),
    ],
  };
}

/** PATCH: JSON Merge Patch over what is there; only what the request brought is checked (S-326, S-327). */
function planMerge(current: Integration, sent: JsonObject): ConfigurationPlan {
  const { channel } = current;
  const now = current.configuration.reveal();
  const input = readConfigurationInput(channel, withoutMaskedUndeclared(current, sent));
  const patch = unmasked(current, input.configuration);
  const kept = Object.entries(now).filter(([key]) => {
    const field = fieldNamed(channel, key);
    return !field?.answerOnly && !field?.updateOnly;
  });
  const configuration = withoutNulls({ ...inherited(current, now), ...Object.fromEntries(kept), ...patch });
  const brought = withoutNulls(patch);
  const isBrought = ({ pointer }: FieldError) => Object.keys(patch).some((key) => isUnder(pointer, key));
  const removedRequired = Object.keys(patch).filter((key) => patch[key] === null && fieldNamed(channel, key)?.required);
  const checked = configurationErrors(channel, brought, 'update').filter((error) => isBrought(error));
  const isRemoved = ({ pointer }: FieldError) => removedRequired.some((key) => isUnder(pointer, key));
  return {
    configuration,
    errors: [
      ...input.errors,
      ...checked.filter((error) => !isRemoved(error)),
      ...removedRequired.map((key) =>
        fieldError(302, pointerOf('configuration', key), 'A required property cannot be removed.'),
      ),
    ],
    masks: maskErrors(brought, 'configuration'),
    warnings: [...input.warnings, ...losses(current, now, configuration)],
  };
}

function isUnder(pointer: string | undefined, key: string): boolean {
  const place = pointerOf('configuration', key);
  return pointer === place || pointer?.startsWith(`${place}/`) === true;
}

function withoutNulls(patched: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patched).filter(([, value]) => value !== null));
}

/** An undeclared key that comes back as the mask it was shown as is not a value of the caller's. */
function withoutMaskedUndeclared(current: Integration, sent: JsonObject): JsonObject {
  const now = current.configuration.reveal();
  return Object.fromEntries(
    Object.entries(sent).filter(
      ([key, value]) => value !== MASK || fieldNamed(current.channel, key) !== undefined || !Object.hasOwn(now, key),
    ),
  );
}

/** S-230: where the channel says so, a field left out is the current one; where that is missing too, the type. */
function inherited(current: Integration, configuration: JsonObject): JsonObject {
  const now = current.configuration.reveal();
  const missing = current.channel.fields.filter(
    ({ name, inherited }) => inherited && configuration[name] === undefined,
  );
  const values = missing.map(({ name, kind }) => [name, now[name] ?? current.integrationTypeId, kind] as const);
  return Object.fromEntries(
    values.flatMap(([name, value, kind]) => (value === undefined ? [] : [[name, kind.canonical?.(value) ?? value]])),
  );
}

/** A value equal to the current one as it is shown, masks and all, means the current one (design 2.2). */
function unmasked(current: Integration, configuration: JsonObject): JsonObject {
  const now = current.configuration.reveal();
  return Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => {
      const field = fieldNamed(current.channel, key);
      const held = now[key];
      const isShown = field && !field.secret && held !== undefined && sameJson(field.kind.show(held), value);
      return [key, isShown ? held : value];
    }),
  );
}

/** What replacing the configuration loses without being asked to, where the channel finds it worth a word. */
function losses({ channel }: Integration, now: JsonObject, next: JsonObject): Warning[] {
  return channel.fields.flatMap(({ name, whenLost }) =>
    whenLost && now[name] && !next[name] ? [{ ...whenLost, pointer: pointerOf('configuration', name) }] : [],
  );
}

function checkClaims(current: Integration, claims: ReadonlyMap<Claim, JsonValue>): Findings {
  const isCurrent: Readonly<Record<Claim, (value: JsonValue) => boolean>> = {
    channelId: (value) => (channelNamed(value)?.id ?? value) === current.channel.id,
    hubId: (value) => guidOf(value) === current.hubId,
    integrationTypeId: (value) => (integrationTypeOf(value) ?? value) === current.integrationTypeId,
  };
  const wrong = [...claims].filter(([claim, value]) => !isCurrent[claim](value));
  const right = [...claims].filter(([claim, value]) => isCurrent[claim](value));
  return {
    errors: wrong.map(([claim]) => fieldError(206, pointerOf(claim), 'An update takes only the current value here.')),
    masks: [],
    warnings: right.map(([claim]) => warning('current-value-dropped', claim)),
  };
}
