import type { HubsterAddresses } from '../config/config';
import type { Tenant } from '../context/tenant';

/** Where calls with these credentials go: a token is sent to nobody but the portal of the credentials that it was issued for. */
export function addressesOf(credentials: Tenant['credentials'], fallback: HubsterAddresses): HubsterAddresses {
  return ('addresses' in credentials && credentials.addresses) || fallback;
}
