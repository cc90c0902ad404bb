import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { Allow, ArrayMaxSize, IsArray, IsDefined, IsIn, IsString, ValidateIf, ValidateNested } from 'class-validator';
import { isJsonObject } from '../json/json-value';
import { Documented, ShownAs } from './field';

const MAX_MESSAGES = 50;

/** The message types of docs/hubster.md (S-224). */
export const MESSAGE_TYPES = [
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
] as const;
const CONTENT_MEMBERS = ['text', 'items', 'actions'];

/** A message of Hubster: only its type is validated, and that a text message has content. The rest is free content (S-222, S-225). */
export class Message {
  @Documented()
  @IsDefined()
  @IsIn(MESSAGE_TYPES)
  @IsString()
  readonly type!: string;

  @IsDefined({ message: "A text message requires 'text', 'items' or 'actions'." })
  @ValidateIf(
    (message: Message) => message.type === 'text' && !CONTENT_MEMBERS.some((key) => Object.hasOwn(message, key)),
  )
  readonly text?: unknown;

  @Allow()
  readonly items?: unknown;

  @Allow()
  readonly actions?: unknown;
}

/** A list of Hubster messages; Hubster receives them unchanged. */
export const IsMessages = () =>
  applyDecorators(
    IsArray(),
    ArrayMaxSize(MAX_MESSAGES, { message: 'At most $constraint1 elements are allowed.' }),
    ValidateNested({ each: true }),
    Type(() => Message),
    ShownAs((value) => (Array.isArray(value) && value.every(isJsonObject) ? value : undefined)),
  );
