import { Injectable } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { Limits } from '../../access/limits/limits';
import { Config } from '../../config/config';
import { TenantTable } from '../../context/tenant-table';
import { Identity } from '../../hubster/identity/identity';
import { Policy } from '../../hubster/resilience/policy';

/** Responses by class of status, since the start. */
type Requests = Record<'2xx' | '3xx' | '4xx' | '5xx', number>;

/** What one tenant has of this replica. No caller, credential or id of an integration is in it. */
interface TenantFigures {
  readonly id: string;
  readonly requests: Readonly<Requests>;
  /** Absent: no limit. */
  readonly limit?: ReturnType<Limits['stateOf']>;
  readonly hubster: ReturnType<Policy['stateOfTenant']>;
  readonly token: ReturnType<Identity['stateOfToken']>;
}

export interface TenantPage {
  readonly tenants: readonly TenantFigures[];
  /** The last id of the page, if there are more: `after` of the next one. */
  readonly next?: string;
}

const CLASSES = ['2xx', '3xx', '4xx', '5xx'] as const;
const none = (): Requests => ({ '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 });

/** Figures of each configured tenant (`MANAGEMENT_TENANTS`). While they are off, nothing is counted. */
@Injectable()
export class FiguresOfTenants {
  readonly #requests = new TenantTable<Requests>();
  readonly #isOn: boolean;

  constructor(
    { http }: Config,
    private readonly directory: Directory,
    private readonly limits: Limits,
    private readonly policy: Policy,
    private readonly identity: Identity,
  ) {
    this.#isOn = http.managementTenants;
  }

  /** Counts the response to a request of a tenant; callers with a portal token of their own are not counted. */
  count(tenant: string, status: number): void {
    if (!this.#isOn || !this.directory.tenant(tenant)) return;
    const requests = this.#requests.get(tenant) ?? none();
    const ofStatus = CLASSES[Math.floor(status / 100) - 2];
    if (ofStatus) requests[ofStatus] += 1;
    this.#requests.set(tenant, requests);
  }

  /** At most `limit` tenants with ids after this one, in the order of their ids. */
  page(after: string, limit: number): TenantPage {
    const ids = [...this.directory.index.tenants.keys()].filter((id) => id > after).sort();
    const page = ids.slice(0, limit);
    const next = page.at(-1);
    return { tenants: page.map((id) => this.#figuresOf(id)), ...(ids.length > limit && next && { next }) };
  }

  #figuresOf(id: string): TenantFigures {
    const limit = this.limits.stateOf(id);
    return {
      id,
      requests: this.#requests.peek(id) ?? none(),
      ...(limit && { limit }),
      hubster: this.policy.stateOfTenant(id),
      token: this.identity.stateOfToken(id),
    };
  }
}
