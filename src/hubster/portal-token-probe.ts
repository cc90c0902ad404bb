import type { Clock } from '../clock/clock';
import { Deadline } from '../context/deadline';
import { networkOf } from '../context/network';
import { PortalTokenVerifier, type RequestOrigin } from '../context/portal-token-verifier';
import type { Secret } from '../secrets/secret';
import type { HubsterClient, PortalOperation } from './hubster-client';
import { HubsterError, toProblem } from './outcome/hubster-error';
import type { Failed } from './outcome/outcome';

const DEADLINE_MS = 3000;

/** The cheapest documented read that needs a token and nothing else. */
const PROBE: PortalOperation = {
  name: 'verify-token',
  class: 'probe',
  method: 'GET',
  path: '/api/v1/integrations',
  query: { pageNumber: '0', pageSize: '1' },
  maxBytes: 2 * 1024 * 1024,
};

/**
 * Asks the portal whether it accepts a token. As there is no tenant yet, the address that sent it stands in for one: breaker,
 * `Retry-After` and capacity are kept for each address.
 */
export class PortalTokenProbe extends PortalTokenVerifier {
  constructor(
    private readonly client: HubsterClient,
    private readonly clock: Clock,
  ) {
    super();
  }

  async isAccepted(token: Secret, { address, requestId }: RequestOrigin): Promise<boolean> {
    const id = `address:${networkOf(address)}`;
    const tenant = { id, credentials: { portalToken: token }, visibility: id };
    const deadline = Deadline.after(this.clock, DEADLINE_MS);
    try {
      await this.client.call({ tenant, requestId, deadline }, PROBE);
      return true;
    } catch (error) {
      if (!(error instanceof HubsterError)) throw error;
      if (error.outcome.kind === 'unauthorized') return false;
      if (saysTokenIsGood(error.outcome)) return true;
      throw toProblem(error, { write: false });
    }
  }
}

/** Refusals of somebody whom Hubster knows. What a server or proxy in trouble says proves nothing. */
function saysTokenIsGood({ kind }: Failed): boolean {
  return kind === 'forbidden' || kind === 'not-found' || kind === 'rejected' || kind === 'refused';
}
