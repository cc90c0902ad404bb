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

/** What a text message carries at least one of. */
const TEXT_CONTENT = ['text', 'items', 'actions'];

const message: Check = (name, value) => {
  if (!isJsonObject(value)) return wrongType(name, 'an object');
  const type = own(value, 'type');
  if (type === undefined) return [required(`${name}.type`)];
  const problems = oneOf(MESSAGE_TYPES)(`${name}.type`, type);
  if (type !== 'text' || TEXT_CONTENT.some((key) => Object.hasOwn(value, key))) return problems;
  return [portalError(307, `Message '${name}' is empty.`)];
};

/** The `start` of WebChat and Direct. Beyond the type and an empty text nothing inside a message is checked (S-224). */
export const startMessages: Check = list(message, { atLeastOne: false });
