import { current, HUB, ID } from '../../../test/support/integrations/planned-update';
import { ManualClock } from '../../../test/support/manual-clock';
import type { AuditIntent } from '../../audit/record';
import { Deadline } from '../../context/request-context';
import type { CallContext } from '../../hubster/hubster-client';
import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { changesBetween, IntegrationViews } from '../integration-view';
import { AuditReconciler } from './audit-reconciler';

const INTENT = 'the-id-of-the-intent';
const [old, next] = [Secret.of('o'.repeat(32)), Secret.of('n'.repeat(32))];
const viewsOf = (key: Secret, previous?: Secret) => new IntegrationViews(new SecretKeys(key, previous));

const withToken = (authToken: string): Integration =>
  current('TwilioSMS', { authToken, accountSid: 'AC1', numberSid: 'PN1' });
const withSecret = (privateSigningKey: string): Integration =>
  current('Direct', { integrationType: 'Agent', webhookUrl: 'https://hook.io/', privateSigningKey });

/** As the writer records it: there is no id yet, so fingerprints are bound to the intent. */
const createOf = (integration: Integration, intentId = INTENT): AuditIntent => ({
  action: 'integration.create',
  target: { type: 'hub', id: HUB },
  changes: changesBetween(undefined, viewsOf(old).viewOf({ ...integration, integrationId: intentId }, 'acme')),
});
const updateOf = (before: Integration, after: Integration): AuditIntent => ({
  action: 'integration.update',
  target: { type: 'integration', id: ID },
  changes: changesBetween(viewsOf(old).viewOf(before, 'acme'), viewsOf(old).viewOf(after, 'acme')),
});

describe('AuditReconciler', () => {
  const call: CallContext = {
    tenant: { id: 'acme', visibility: 'all', credentials: { clientId: 'c', clientSecret: Secret.of('s') } },
    requestId: 'q',
    deadline: Deadline.after(new ManualClock(), 1000),
  };
  const probe = (seen: Integration, intent: AuditIntent, views = viewsOf(old), isComplete = true) => {
    const portal: Pick<HubsterPortal, 'get' | 'listByChannel'> = {
      get: async () => seen,
      listByChannel: async () => ({ integrations: [seen], isComplete }),
    };
    return new AuditReconciler(portal, views).probe(call, INTENT, intent);
  };

  it.each([
    ['under the same SECRET_KEY', viewsOf(old), 'success'],
    ['after a rotation of SECRET_KEY', viewsOf(next, old), 'success'],
    ['before a rotation that other replicas have made', viewsOf(old, next), 'success'],
    ['under another SECRET_KEY alone', viewsOf(next), 'unknown'],
  ])('compares the fingerprints of a create %s [S-762]', async (_when, views, outcome) => {
    const result = await probe(withToken('secret'), createOf(withToken('secret')), views);
    expect(result).toMatchObject({ outcome, target: { type: 'integration', id: ID } });
  });

  it.each([
    ['another secret', createOf(withToken('other'))],
    ['the same secret, recorded for another intent', createOf(withToken('secret'), 'another-intent')],
  ])('does not prove a create by %s', async (_what, intent) => {
    expect(await probe(withToken('secret'), intent)).toMatchObject({ outcome: 'unknown', target: { id: ID } });
  });

  it.each([
    ['in a complete list', { name: 'another' }, true, 'failed'],
    ['in a list with an unreadable item', { name: 'another' }, false, 'unknown'],
    ['in a list with an item without a name', { name: undefined }, true, 'unknown'],
  ])('judges a create that is not found %s: %#', async (_where, more, isComplete, outcome) => {
    const seen = { ...withToken('secret'), ...more };
    expect(await probe(seen, createOf(withToken('secret')), viewsOf(old), isComplete)).toEqual({ outcome });
  });

  it.each(['********', 'Support ********', `${'x'.repeat(511)}…`])(
    'neither proves nor disproves a create whose name "%.12s" is not recorded whole',
    async (name) => {
      const intent = createOf({ ...withToken('secret'), name });
      expect(await probe(withToken('secret'), intent)).toEqual({ outcome: 'unknown' });
      expect(await probe({ ...withToken('secret'), name }, intent)).toEqual({ outcome: 'unknown' });
    },
  );

  it('records the fingerprints of the integration for a create, not those of the intent', async () => {
    const { changes } = await probe(withToken('secret'), createOf(withToken('secret')));
    const { fingerprint } = viewsOf(old).viewOf(withToken('secret'), 'acme').secrets['authToken'] ?? {};
    expect(changes).toContainEqual({ pointer: '/configuration/authToken', from: null, to: fingerprint });
  });

  it.each([
    ['applied', withSecret('after'), 'success'],
    ['not applied', withSecret('before'), 'failed'],
    ['overtaken', withSecret('something else'), 'unknown'],
  ])('recognises after a rotation of SECRET_KEY an update that was %s', async (_what, seen, outcome) => {
    const intent = updateOf(withSecret('before'), withSecret('after'));
    const result = await probe(seen, intent, viewsOf(next, old));
    expect(result.outcome).toBe(outcome);
    if (outcome === 'success') expect(result.changes).toEqual(intent.changes);
  });
});
