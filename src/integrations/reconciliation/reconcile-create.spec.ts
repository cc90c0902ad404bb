import { current, HUB } from '../../../test/support/integrations/planned-update';
import { ManualClock } from '../../../test/support/manual-clock';
import { channelById } from '../../channels/channel-registry';
import { Deadline, type RequestContext, RequestStats } from '../../context/request-context';
import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';
import { Secret } from '../../secrets/secret';
import { reconcilableCreate } from './reconcile-create';

const there = current('WebChat', { allowedOrigins: ['localhost'] });
const call: RequestContext = {
  tenant: { id: 'acme', visibility: 'all', credentials: { clientId: 'c', clientSecret: Secret.of('s') } },
  caller: { id: 'billing', scopes: new Set() },
  ...{ requestId: 'q', address: 'a', stats: new RequestStats(), deadline: Deadline.after(new ManualClock(), 1000) },
};

function probe(integrations: readonly Integration[], isComplete: boolean) {
  const channel = channelById('WebChat');
  if (!channel) throw new Error('there is no WebChat');
  const portal: Pick<HubsterPortal, 'create' | 'listByChannel'> = {
    create: async () => undefined,
    listByChannel: async () => ({ integrations, isComplete }),
  };
  const configuration = Secret.of({ allowedOrigins: ['localhost'] });
  const command = { channel, name: 'Support line', statusId: 3000, configuration, warnings: [] };
  return reconcilableCreate(portal, HUB, command, async () => true).probe(call);
}

describe('a probe of a create by its name [S-762, S-010]', () => {
  it.each([
    ['a complete list', [{ ...there, name: 'another' }], true, true],
    ['an empty list', [], true, true],
    ['a list with an unreadable item', [{ ...there, name: 'another' }], false, false],
    ['a list with an item without a name', [{ ...there, name: undefined }], true, false],
  ])('allows a repeat if the list proves absence: %s', async (_what, list, isComplete, isAbsent) => {
    expect(await probe(list, isComplete)).toEqual({ kind: 'open', isUntouched: isAbsent, mayRepeat: isAbsent });
  });

  it('finds it in a list with another, unreadable item', async () => {
    expect(await probe([there], false)).toMatchObject({ kind: 'done', written: there });
  });
});
