import { renameKeys } from '../configuration-keys';
import { maskConfiguration } from '../mask-configuration';
import { configurationErrors } from '../validate-configuration';
import { messenger } from './messenger.channel';

const codes = (pageAccessToken: string) =>
  configurationErrors(messenger, { pageAccessToken }, 'create').map(({ code }) => code);

describe('Messenger', () => {
  it('accepts any text of 1 to 4096 characters as pageAccessToken [S-210]', () => {
    expect(codes('no EAA in front')).toEqual([]);
    expect(codes('')).toEqual([301]);
    expect(codes('x'.repeat(4097))).toEqual([207]);
  });

  it('reads the response of Get like that of Create; digits stay text [S-211, S-212]', () => {
    const { configuration } = renameKeys(messenger, {
      AppId: '35360465938',
      PageId: '10138898830000000001',
      PageAccessToken: 'EAAFBm...',
    });
    expect(maskConfiguration(messenger, configuration)).toEqual({
      appId: '35360465938',
      pageId: '10138898830000000001',
      pageAccessToken: '********',
    });
  });
});
