import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Deadline } from '../context/deadline';
import { networkOf } from '../context/network';
import { PortalTokenVerifier, type RequestOrigin } from '../context/portal-token-verifier';
import type { Secret } from '../secrets/secret';
import { HubsterClient, type PortalOperation } from './hubster-client';
import { HubsterError, toProblem } from './outcome/hubster-error';

const DEADLINE_MS = 3000;

/** The cheapest documented read that requires a token only. */
const PROBE: PortalOperation = {
  name: 'verify-token',
  class: 'probe',
  method: 'GET',
  path: '/api/v1/integrations',
  query: { pageNumber: '0', pageSize: '1' },
  maxBytes: 2 * 1024 * 1024,
};

/**
 * Checks with one read whether the portal accepts a token. The tenant is not known yet, so the network of the sender is used in its
 * place: breaker and `Retry-After` apply to each network.
 */
@Injectable()
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
      // A failing server or proxy proves nothing.
      if (error.isRejection) return true;
      throw toProblem(error, { write: false });
    }
  }
}
