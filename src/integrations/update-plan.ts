import { channelById } from '../channels/channel-registry';
import { fieldNamed } from '../channels/configuration-keys';
import { integrationTypeOf } from '../channels/integration-type';
import { maskConfiguration } from '../channels/mask-configuration';
import { configurationErrors } from '../channels/validate-configuration';
import { guidOf } from '../context/request-context';
import type { Integration } from '../hubster/integration';
import { type JsonObject, type JsonValue, sameJson } from '../json/json-value';
import { Problem } from '../problems/problem';
import { pointerOf, stepsOf, type Violation, violation } from '../problems/violation';
import { MASK, Secret } from '../secrets/secret';
import { readConfigurationInput } from './requests/configuration-input';
import type { ImmutableField, UpdateCommand } from './requests/update-request';
import { maskErrors, throwIfInvalid, type ValidationResult, type Warning, warning } from './requests/validation-result';

const EMPTY_PLAN: ConfigurationPlan = { errors: [], masks: [], warnings: [] };
const FROZEN_DETAIL =
  'Hubster ignores updates of this configuration. Delete the integration and create it anew; nothing of this request was applied.';

/** The values that an update sends to Hubster. */
export interface UpdateValues {
  readonly name?: string;
  readonly statusId?: number;
  readonly configuration?: Secret<JsonObject>;
}

interface UpdatePlan {
  /** Empty when nothing would change (S-322). */
  readonly values: UpdateValues;
  readonly warnings: readonly Warning[];
}

/**
 * Plans an update of the current integration: immutable fields, the frozen rule, then the configuration.
 * Throws `configuration-frozen`, or one problem with all other violations. Pure.
 */
export function planUpdate(current: Integration, command: UpdateCommand, isLenient: boolean): UpdatePlan {
  const immutableFields = checkImmutableFields(current, command.immutableFields);
  const sent = command.configuration?.reveal();
  const part = sent === undefined ? EMPTY_PLAN : planConfiguration(current, command.mode, sent, isLenient);
  throwIfInvalid({ errors: [...immutableFields.errors, ...part.errors], masks: part.masks });
  return {
    values: {
      ...(command.name !== undefined && { name: command.name }),
      ...(command.statusId !== undefined && { statusId: command.statusId }),
      ...(part.configuration && { configuration: Secret.of(part.configuration) }),
    },
    warnings: [...command.warnings, ...immutableFields.warnings, ...part.warnings],
  };
}

/** The integration as the update intends it; read-only fields stay as they are. */
export function updatedBy({ configuration, ...values }: UpdateValues, current: Integration): Integration {
  if (!configuration) return { ...current, ...values };
  const readOnly = pick(current.configuration.reveal(), (key) => fieldNamed(current.channel, key)?.readOnly === true);
  return { ...current, ...values, configuration: Secret.of({ ...readOnly, ...configuration.reveal() }) };
}

interface ConfigurationPlan extends ValidationResult {
  readonly configuration?: JsonObject;
}

function planConfiguration(
  current: Integration,
  mode: UpdateCommand['mode'],
  sent: JsonObject,
  isLenient: boolean,
): ConfigurationPlan {
  if (current.channel.configurationUpdate === 'frozen') return planFrozen(current, sent, isLenient);
  return mode === 'replace' ? planReplacement(current, sent) : planMerge(current, sent);
}

/** S-310, S-321, S-322: masks and values as they are shown are no change; a change is rejected, or dropped with `handling=lenient`. */
function planFrozen(current: Integration, sent: JsonObject, isLenient: boolean): ConfigurationPlan {
  const input = readConfigurationInput(current.channel, sent);
  const now = current.configuration.reveal();
  const shown = maskConfiguration(current.channel, now);
  const isUnchanged = ([key, value]: [string, JsonValue]) =>
    value === MASK || sameJson(value, now[key]) || sameJson(value, shown[key]);
  const changes = Object.entries(input.configuration).filter((entry) => !isUnchanged(entry));
  const unchanged = Object.entries(input.configuration).filter(isUnchanged);
  if (changes.length > 0 && !isLenient) throw new Problem('configuration-frozen', { detail: FROZEN_DETAIL });
  const dropped = changes.map(([key]) => warning('configuration-dropped', 'configuration', key));
  const kept = unchanged.map(([key]) => warning('unchanged-dropped', 'configuration', key));
  return { errors: input.errors, masks: [], warnings: [...input.warnings, ...dropped, ...kept] };
}

/** POST: the request has the whole configuration (S-303). */
function planReplacement(current: Integration, sent: JsonObject): ConfigurationPlan {
  const now = current.configuration.reveal();
  const input = readConfigurationInput(current.channel, withoutEchoes(current, sent));
  const asShown = meantAsShown(current, input.configuration);
  const configuration = { ...defaultsToCurrent(current, input.configuration), ...input.configuration, ...asShown };
  const lost = Object.keys(now).filter((key) => !fieldNamed(current.channel, key));
  return {
    configuration,
    errors: [
      ...input.errors,
      ...configurationErrors(current.channel, configuration, 'update').filter((error) => !isAbout(error, asShown)),
    ],
    masks: maskErrors(configuration, 'configuration'),
    warnings: [
      ...input.warnings,
      ...lost.map((key) => warning('undeclared-dropped', 'configuration', key)),
      ...losses(current, now, configuration),
    ],
  };
}

/** PATCH: JSON Merge Patch over the current configuration; only the members of the request are checked (S-326, S-327). */
function planMerge(current: Integration, sent: JsonObject): ConfigurationPlan {
  const { channel } = current;
  const now = current.configuration.reveal();
  const input = readConfigurationInput(channel, withoutEchoes(current, sent));
  const asShown = meantAsShown(current, input.configuration);
  const patch = { ...input.configuration, ...asShown };
  const brought = pick(patch, (_key, value) => value !== null);
  const removed = pick(patch, (_key, value) => value === null);
  const kept = pick(now, (key, value) => {
    const field = fieldNamed(channel, key);
    if (Object.hasOwn(removed, key)) return false;
    return !field || !(field.readOnly || field.updateOnly || value === null);
  });
  const configuration = { ...defaultsToCurrent(current, now), ...kept, ...brought };
  const isNew = (error: Violation) => isAbout(error, brought) && !isAbout(error, asShown);
  return {
    configuration,
    errors: [
      ...input.errors,
      ...configurationErrors(channel, brought, 'update').filter(isNew),
      ...removalErrors(current, Object.keys(removed)),
    ],
    masks: maskErrors(brought, 'configuration'),
    warnings: [...input.warnings, ...losses(current, now, configuration)],
  };
}

/** S-327: required properties cannot be removed; a property that is neither declared nor there is unknown (S-109). */
function removalErrors({ channel, configuration }: Integration, removed: readonly string[]): Violation[] {
  const now = configuration.reveal();
  return removed.flatMap((key) => {
    const field = fieldNamed(channel, key);
    const location = pointerOf('configuration', key);
    if (field?.required) return [violation(302, location, 'A required property cannot be removed.')];
    return field || Object.hasOwn(now, key) ? [] : [violation(303, location)];
  });
}

/** Whether an error is about one of the keys of `configuration`, or about something inside it. */
function isAbout({ pointer = '' }: Violation, configuration: JsonObject): boolean {
  const [, key] = stepsOf(pointer);
  return key !== undefined && Object.hasOwn(configuration, key);
}

function pick(object: JsonObject, isMeant: (key: string, value: JsonValue) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => isMeant(key, value)));
}

/** Without members that a response shows and that have no value to send back: the mask of an undeclared key, and null for null. */
function withoutEchoes(current: Integration, sent: JsonObject): JsonObject {
  const now = current.configuration.reveal();
  return pick(sent, (key, value) => {
    const field = fieldNamed(current.channel, key);
    return field ? value !== null || now[field.name] !== null : value !== MASK || !Object.hasOwn(now, key);
  });
}

/** S-230: fields that default to their current value, or to the integration type if there is none. */
function defaultsToCurrent(current: Integration, configuration: JsonObject): JsonObject {
  const now = current.configuration.reveal();
  const missing = current.channel.fields.filter(
    ({ name, defaultsToCurrent }) => defaultsToCurrent && (configuration[name] ?? null) === null,
  );
  return Object.fromEntries(
    missing.flatMap(({ name, canonical }) => {
      const value = now[name] ?? current.integrationTypeId;
      return value === undefined ? [] : [[name, canonical?.(value) ?? value]];
    }),
  );
}

/** Values that equal the current one as it is shown, masks included: they mean the current one, and are valid as it was. */
function meantAsShown({ channel, configuration }: Integration, sent: JsonObject): JsonObject {
  const now = configuration.reveal();
  const shown = maskConfiguration(channel, now);
  return pick(now, (key) => {
    const field = fieldNamed(channel, key);
    return field !== undefined && !field.secret && Object.hasOwn(sent, key) && sameJson(shown[key], sent[key]);
  });
}

/** Warnings for fields that a replacing configuration removes, if the channel declares a warning for their loss. */
function losses({ channel }: Integration, now: JsonObject, next: JsonObject): Warning[] {
  return channel.fields.flatMap(({ name, lossWarning }) =>
    lossWarning && now[name] && !next[name] ? [{ ...lossWarning, pointer: pointerOf('configuration', name) }] : [],
  );
}

function checkImmutableFields(
  current: Integration,
  immutableFields: ReadonlyMap<ImmutableField, JsonValue>,
): ValidationResult {
  const isCurrent: Readonly<Record<ImmutableField, (value: JsonValue) => boolean>> = {
    channelId: (value) => (channelById(value)?.id ?? value) === current.channel.id,
    hubId: (value) => guidOf(value) === current.hubId,
    integrationTypeId: (value) => (integrationTypeOf(value) ?? value) === current.integrationTypeId,
  };
  const wrong = [...immutableFields].filter(([field, value]) => !isCurrent[field](value));
  const right = [...immutableFields].filter(([field, value]) => isCurrent[field](value));
  return {
    errors: wrong.map(([field]) => violation(206, pointerOf(field), 'An update takes only the current value here.')),
    masks: [],
    warnings: right.map(([field]) => warning('current-value-dropped', field)),
  };
}

/**
 * Pointers to the masked values that an update compares with the request: a frozen configuration accepts what equals the current
 * one and rejects all else (S-322), so the response shows whether a guess is right. An undeclared key is named by its parent.
 */
export function comparedSecrets({ channel, configuration }: Integration, command: UpdateCommand): readonly string[] {
  const sent = command.configuration?.reveal();
  if (channel.configurationUpdate !== 'frozen' || sent === undefined) return [];
  const current = configuration.reveal();
  const shown = maskConfiguration(channel, current);
  return Object.entries(readConfigurationInput(channel, sent).configuration).flatMap(([key, value]) => {
    const field = fieldNamed(channel, key);
    const isMasked = !sameJson(shown[key], current[key]);
    if (!isMasked || sameJson(value, shown[key]) || !Object.hasOwn(current, key)) return [];
    return [field ? pointerOf('configuration', key) : pointerOf('configuration')];
  });
}
