import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsString, Matches, MinLength, registerDecorator, ValidateNested } from 'class-validator';
import type { JsonObject } from '../json/json-value';
import { classSchema, requestSchema } from './configuration-schema';
import { Documented } from './field';
import { Message } from './messages';
import { TwilioSmsConfiguration, twilioSms } from './twilio-sms/twilio-sms.channel';
import { configurationErrors, validate } from './validate-configuration';
import { webChat } from './web-chat/web-chat.channel';

const errorsOf = (configuration: JsonObject) =>
  configurationErrors(twilioSms, configuration, 'create').map(({ code, pointer }) => `${code} ${pointer}`);

describe('a decorator of class-validator that is added to the class of a channel', () => {
  it('takes effect in validation, with a violation at its pointer, and in the JSON Schema', () => {
    expect(errorsOf(twilioSms.example)).toEqual([]);

    MinLength(40)(TwilioSmsConfiguration.prototype, 'authToken');
    Matches(/^AC\d+$/, { message: 'AC and digits are expected.' })(TwilioSmsConfiguration.prototype, 'accountSid');

    expect(configurationErrors(twilioSms, twilioSms.example, 'create')).toEqual([
      {
        code: 207,
        pointer: '/configuration/authToken',
        description: "The value of 'authToken' is out of range. (code: PRT000207)",
      },
      {
        code: 206,
        pointer: '/configuration/accountSid',
        description: 'AC and digits are expected. (code: PRT000206)',
      },
    ]);
    expect(requestSchema(twilioSms, 'create')).toMatchObject({
      properties: { authToken: { type: 'string', minLength: 40 }, accountSid: { pattern: '^AC\\d+$' } },
    });
  });

  it('may be a rule of the test, with a PRT number and a schema of its own', () => {
    registerDecorator({
      name: 'isEven',
      target: TwilioSmsConfiguration,
      propertyName: 'numberSid',
      validator: { validate: (value: unknown) => String(value).length % 2 === 0 },
      options: { context: { prt: 201, schema: { format: 'even' } } },
    });
    const configuration = { authToken: 'x'.repeat(40), accountSid: 'AC1', numberSid: 'odd' };
    expect(errorsOf(configuration)).toEqual(['201 /configuration/numberSid']);
    expect(requestSchema(twilioSms, 'create')).toMatchObject({ properties: { numberSid: { format: 'even' } } });
  });

  it('takes effect in the class of list items, at the index of each [S-224]', () => {
    IsIn(['image'])(Message.prototype, 'type');
    const start = [{ type: 'image' }, { type: 'card' }, { type: 'video' }];
    const errors = configurationErrors(webChat, { ...webChat.example, start }, 'create');
    expect(errors.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      '206 /configuration/start/1/type',
      '206 /configuration/start/2/type',
    ]);
  });
});

describe('a class with decorators of class-validator alone', () => {
  class Colour {
    @Documented()
    @MinLength(3)
    @IsString()
    readonly name?: string;
  }

  class Paint {
    @Documented('What it is called.')
    @IsDefined()
    @IsString()
    readonly name!: string;

    @Documented()
    @MinLength(2, { each: true })
    @IsString({ each: true })
    readonly tags?: readonly string[];

    @Documented()
    @ValidateNested()
    @Type(() => Colour)
    readonly colour?: Colour;
  }

  it('reports the first broken rule of each value, at its pointer', () => {
    const { errors } = validate(Paint, { name: 1, tags: ['a', 'ok', 2], colour: { name: 'r' } }, 'paint');
    expect(errors.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      '302 /paint/name',
      '207 /paint/tags/0',
      '302 /paint/tags/2',
      '207 /paint/colour/name',
    ]);
  });

  it('uses no message that could quote the value [S-751]', () => {
    class Quoting {
      @IsIn(['red'], { message: '$value is no colour.' })
      readonly first?: string;

      @IsIn(['red'], { message: ({ value }) => `${value} is no colour.` })
      readonly second?: string;

      @IsIn(['red'], { each: true, message: ({ value }) => `${value} is no colour.` })
      readonly third?: readonly string[];
    }
    const { errors } = validate(Quoting, { first: 'canary', second: 'canary', third: ['canary'] });
    expect(errors).toHaveLength(3);
    expect(JSON.stringify(errors)).not.toContain('canary');
  });

  it.each(['constructor', '__proto__', 'prototype'])('ignores a key called %s, at any depth', (key) => {
    const hostile = JSON.parse(`{"name":"x","${key}":{"name":1},"colour":{"${key}":{"name":"red"},"name":"r"}}`);
    expect(validate(Paint, hostile).errors.map(({ pointer }) => pointer)).toEqual(['/colour/name']);
    expect(validate(Paint, hostile).value).toBeInstanceOf(Paint);
  });

  it('has a JSON Schema', () => {
    expect(classSchema(Paint)).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'What it is called.' },
        tags: { items: { type: 'string', minLength: 2 } },
        colour: {
          type: 'object',
          properties: { name: { type: 'string', minLength: 3 } },
          additionalProperties: true,
        },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });
});
