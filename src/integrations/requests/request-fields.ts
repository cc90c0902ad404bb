import { CHANNELS, channelNamed } from '../../channels/channel-registry';
import { type Kind, NO_FAULTS, WRONG_TYPE } from '../../channels/fields/field-type';
import { isLongerThan } from '../../json/characters';
import { exactNumber, isNumber } from '../../json/json-number';
import { isJsonObject } from '../../json/json-value';

/** The two statuses a request may ask for (S-105, S-106). */
export const STATUS_IDS = { active: 3000, paused: 3002 } as const;

const MAX_NAME_LENGTH = 255;
const CONTROL_CHARACTER = /\p{Cc}/u;

const show = () => undefined;

/** S-103, S-104: printable, not blank at its ends; Hubster decides whether it is unique. */
export const integrationName: Kind = {
  schema: { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH },
  show,
  check: (value) => {
    if (typeof value !== 'string') return WRONG_TYPE;
    if (value === '') return [{ code: 301 }];
    if (isLongerThan(value, MAX_NAME_LENGTH)) return [{ code: 207 }];
    if (CONTROL_CHARACTER.test(value)) return [{ code: 206, detail: 'Control characters are not taken.' }];
    return value === value.trim() ? NO_FAULTS : [{ code: 206, detail: 'White space at either end is not taken.' }];
  },
};

export const statusId: Kind = {
  schema: { type: 'integer', enum: Object.values(STATUS_IDS) },
  show,
  check: (value) => {
    if (!isNumber(value)) return WRONG_TYPE;
    const number = exactNumber(value);
    if (number !== undefined && !Number.isInteger(number)) return WRONG_TYPE;
    return Object.values(STATUS_IDS).some((status) => status === number) ? NO_FAULTS : [{ code: 206 }];
  },
};

/** A channel with a documented configuration, as name in any case or number (S-102, S-260). */
export const creatableChannel: Kind = {
  schema: { type: 'string', enum: CHANNELS.filter((channel) => channel.isCreatable).map(({ id }) => id) },
  show,
  check: (value) => {
    if (typeof value !== 'string' && !isNumber(value)) return WRONG_TYPE;
    return channelNamed(value)?.isCreatable ? NO_FAULTS : [{ code: 206 }];
  },
};

/** S-107: what is in it, the channel decides. */
export const configurationObject: Kind = {
  schema: { type: 'object' },
  show,
  check: (value) => (isJsonObject(value) ? NO_FAULTS : WRONG_TYPE),
};
