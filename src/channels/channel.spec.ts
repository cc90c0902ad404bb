import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { declareChannel } from './channel';
import { Documented, MaskedInParts, Secret } from './field';

const declare = (configuration: new () => object) => () =>
  declareChannel({
    id: 'Telegram',
    integrationType: 'Customer',
    configurationUpdate: 'replaces',
    configuration,
    example: {},
  });

describe('declareChannel', () => {
  class WithSecret {
    @Documented()
    @Secret()
    @IsString()
    readonly password?: string;
  }

  class WithUrl {
    @Documented()
    @MaskedInParts(() => undefined)
    readonly url?: string;
  }

  it.each([WithSecret, WithUrl])('accepts %p as a configuration', (configuration) => {
    expect(declare(configuration)().fields).toHaveLength(1);
  });

  it('throws for a secret within an object or a list, which would be shown [N1]', () => {
    class Outer {
      @Documented()
      @ValidateNested()
      @Type(() => WithSecret)
      readonly proxy?: WithSecret;
    }
    class List {
      @Documented()
      @ValidateNested({ each: true })
      @Type(() => WithUrl)
      readonly proxies?: readonly WithUrl[];
    }
    expect(declare(Outer)).toThrow("the secret 'password' must be a field of the configuration itself");
    expect(declare(List)).toThrow("the secret 'url' must be");
  });
});
