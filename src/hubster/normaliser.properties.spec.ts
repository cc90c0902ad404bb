import fc from 'fast-check';
import { quirksOf, read, SENT } from '../../test/support/hubster/read-integrations';
import { CHANNELS } from '../channels/channel-registry';

describe('readIntegration, for any value', () => {
  it('changes and counts nothing when it reads its own result, whatever the case of keys [S-225]', () => {
    const channel = fc.constantFrom(...CHANNELS);
    const sent = channel.chain(({ id, fields }) => {
      const declared = fc.constantFrom('undeclared', ...fields.map(({ name }) => name));
      const key = fc.oneof(
        declared.chain((name) => fc.mixedCase(fc.constant(name))),
        fc.string(),
      );
      return fc.dictionary(key, fc.jsonValue()).map((configuration) => ({ ...SENT, channelId: id, configuration }));
    });
    fc.assert(
      fc.property(sent, (json) => {
        const once = read(json);
        expect(once).toBeDefined();
        expect(read(once)).toEqual(once);
        expect(quirksOf(once).filter((quirk) => quirk !== 'type-mismatch')).toEqual([]);
      }),
    );
  });

  it('returns undefined for anything but an integration, and never throws [S-010]', () => {
    fc.assert(fc.property(fc.anything(), (json) => expect(read(json)).toBeUndefined()));
    for (const json of [[SENT], null, 7, JSON.stringify(SENT)]) expect(read(json)).toBeUndefined();
  });

  it('reads or rejects any value of a field, and never throws [S-010]', () => {
    const broken = fc.dictionary(fc.constantFrom(...Object.keys(SENT)), fc.anything(), { minKeys: 1 });
    fc.assert(
      fc.property(broken, (fields) => {
        const integration = read({ ...SENT, ...fields });
        if (integration) expect(read(integration)).toEqual(integration);
      }),
    );
  });
});
