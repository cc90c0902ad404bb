import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsObject, ValidateNested } from 'class-validator';
import { declareChannel } from '../../src/channels/channel';
import { renameKeys } from '../../src/channels/configuration-keys';
import { Documented, Secret as SecretField } from '../../src/channels/field';
import { maskConfiguration } from '../../src/channels/mask-configuration';
import { IsText } from '../../src/channels/validate-configuration';
import { readUpdate } from '../../src/integrations/requests/update-request';
import { comparedSecrets, planUpdate } from '../../src/integrations/update-plan';
import type { JsonObject } from '../../src/json/json-value';
import { Secret } from '../../src/secrets/secret';
import { current } from '../support/integrations/planned-update';
import { channelContract } from './channel.contract';

class Page {
  @Documented('The name of the page.')
  @IsDefined()
  @IsText()
  readonly title!: string;

  @Documented('Whether visitors see it.')
  @IsBoolean()
  readonly isPublic?: boolean;
}

class PageConfiguration {
  @Documented('The token of the page.')
  @SecretField()
  @IsDefined()
  @IsText()
  readonly pageToken!: string;

  @Documented('The page.')
  @IsDefined()
  @ValidateNested()
  @Type(() => Page)
  @IsObject()
  readonly page!: Page;
}

/** A channel as Hubster may add one: frozen, with an object in requests. */
const channel = declareChannel({
  id: 'Line',
  integrationType: 'Customer',
  configurationUpdate: 'frozen',
  configuration: PageConfiguration,
  example: { pageToken: 'a-page-token', page: { title: 'Support', isPublic: true } },
});

channelContract(channel, {
  required: ['pageToken', 'page'],
  optional: [],
  updateOnly: [],
  readOnly: [],
  secret: ['pageToken'],
  wrongTypes: { pageToken: 1, page: [] },
  foreignKey: 'webhookUrl',
});

describe('a frozen channel with an object in requests', () => {
  /** As Get spells it, with a member that is not documented. */
  const read = { PageToken: 'a-page-token', Page: { IsPublic: true, Title: 'Support', Draft: 'not shown' } };
  const { configuration } = renameKeys(channel, read);
  const now = { ...current('TwilioSMS', {}), channel, configuration: Secret.of(configuration) };
  const update = (sent: JsonObject) => readUpdate({ configuration: sent }, 'replace');

  it('is read in the documented spelling at every depth [S-205]', () => {
    expect(configuration).toEqual({
      pageToken: 'a-page-token',
      page: { title: 'Support', isPublic: true, Draft: 'not shown' },
    });
  });

  it.each([
    ['its own view', maskConfiguration(channel, configuration)],
    ['its example, in any case', { PAGE: { TITLE: 'Support', ISPUBLIC: true, Draft: '********' } }],
  ])('takes %s back without a change, and compares no secret [S-322]', (_what, sent) => {
    expect(planUpdate(now, update(sent), false).values).toEqual({});
    expect(comparedSecrets(now, update(sent))).toEqual([]);
  });

  it('counts a guess of a member that is not shown as a comparison [S-322]', () => {
    const guess = { page: { title: 'Support', isPublic: true, Draft: 'a guess' } };
    expect(comparedSecrets(now, update(guess))).toEqual(['/configuration/page']);
    expect(() => planUpdate(now, update(guess), false)).toThrow(
      expect.objectContaining({ code: 'configuration-frozen' }),
    );
  });
});
