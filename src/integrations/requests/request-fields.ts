import { CHANNELS, channelById } from '../../channels/channel-registry';
import { type FieldType, NO_VIOLATIONS, WRONG_TYPE } from '../../channels/fields/field-type';
import { isLongerThan } from '../../json/json-size';
import { exactNumber, isJsonObject, isNumber } from '../../json/json-value';

/** The two statuses that a request may set (S-105, S-106). */
export const STATUS_IDS = { active: 3000, paused: 3002 } as const;

const MAX_NAME_LENGTH = 255;
const CONTROL_CHARACTER = /\p{Cc}/u;

const redact = () => undefined;

/** S-103, S-104: printable, not blank at its ends; Hubster decides whether it is unique. */
export const integrationName: FieldType = {
  schema: { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH },
  redact,
  check: (value) => {
    if (typeof value !== 'string') return WRONG_TYPE;
    if (value === '') return [{ code: 301 }];
    if (isLongerThan(value, MAX_NAME_LENGTH)) return [{ code: 207 }];
    if (CONTROL_CHARACTER.test(value)) return [{ code: 206, detail: 'Control characters are not taken.' }];
    return value === value.trim() ? NO_VIOLATIONS : [{ code: 206, detail: 'White space at either end is not taken.' }];
  },
};

export const statusId: FieldType = {
  schema: { type: 'integer', enum: Object.values(STATUS_IDS) },
  redact,
  check: (value) => {
    if (!isNumber(value)) return WRONG_TYPE;
    const number = exactNumber(value);
    if (number !== undefined && !Number.isInteger(number)) return WRONG_TYPE;
    return Object.values(STATUS_IDS).some((status) => status === number) ? NO_VIOLATIONS : [{ code: 206 }];
  },
};

/** A channel with a documented configuration, as name in any case or number (S-102, S-260). */
export const creatableChannel: FieldType = {
  schema: { type: 'string', enum: CHANNELS.filter((channel) => channel.isCreatable).map(({ id }) => id) },
  redact,
  check: (value) => {
    if (typeof value !== 'string' && !isNumber(value)) return WRONG_TYPE;
    return channelById(value)?.isCreatable ? NO_VIOLATIONS : [{ code: 206 }];
  },
};

/** S-107: the channel checks its members. */
export const configurationObject: FieldType = {
  schema: { type: 'object' },
  redact,
  check: (value) => (isJsonObject(value) ? NO_VIOLATIONS : WRONG_TYPE),
};
