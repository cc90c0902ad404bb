import { isJsonObject, own } from '../json';
import { portalError } from '../portal/portal-error';
import { type Check, list, oneOf, required, wrongType } from './property';

const MESSAGE_TYPES = [
  'text',
  'contact',
  'card',
  'location',
  'attachment',
  'video',
  'audio',
  'youtube',
  'vimeo',
  'image',
  'list',
  'carousel',
  'command',
];

/** A text message needs at least one of them. */
const TEXT_CONTENT = ['text', 'items', 'actions'];

const message: Check = (name, value) => {
  if (!isJsonObject(value)) return wrongType(name, 'an object');
  const type = own(value, 'type');
  if (type === undefined) return [required(`${name}.type`)];
  const errors = oneOf(MESSAGE_TYPES)(`${name}.type`, type);
  if (type !== 'text' || TEXT_CONTENT.some((key) => Object.hasOwn(value, key))) return errors;
  return [portalError(307, `Message '${name}' is empty.`)];
};

/** The `start` of WebChat and Direct. Only the type and an empty text are checked inside a message (S-224). */
export const startMessages: Check = list(message, { atLeastOne: false });
