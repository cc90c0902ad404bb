import type { Schemas } from './api-types.ts';
import type { CallOptions, StagedoorOptions } from './call-options.ts';
import { IntegrationsResource } from './integrations-resource.ts';
import { type Received, receivedWith } from './received.ts';
import { AuditEventsResource, ChannelsResource, WebhooksResource } from './resources.ts';
import { systemTiming, type Timing } from './retries.ts';
import { Transport } from './transport.ts';

export type { Schemas } from './api-types.ts';
export type {
  CallOptions,
  CreateOptions,
  Credential,
  DeleteOptions,
  ReadOptions,
  StagedoorOptions,
  UpdateOptions,
  Version,
} from './call-options.ts';
export {
  CallTimeoutError,
  isProblem,
  NoResponseError,
  ProblemError,
  StagedoorError,
  UnexpectedResponseError,
} from './errors.ts';
export { isChannel, type PatchIntegration } from './integrations-resource.ts';
export type { Received, ReceivedResponse } from './received.ts';

/** Calls Stagedoor, in Node and in browsers. */
export class Stagedoor {
  readonly integrations: IntegrationsResource;
  readonly channels: ChannelsResource;
  readonly auditEvents: AuditEventsResource;
  readonly webhooks: WebhooksResource;
  readonly #transport: Transport;

  /** `timing` is for tests. */
  constructor(options: StagedoorOptions, timing: Timing = systemTiming) {
    this.#transport = new Transport(options, timing);
    this.integrations = new IntegrationsResource(this.#transport);
    this.channels = new ChannelsResource(this.#transport);
    this.auditEvents = new AuditEventsResource(this.#transport);
    this.webhooks = new WebhooksResource(this.#transport);
  }

  /** The caller, its tenant, scopes and hubs. */
  async me(options: CallOptions = {}): Promise<Received<Schemas['Identity']>> {
    const { value, response } = await this.#transport.send('get', '/api/v1/me', {}, options);
    return receivedWith(value, response);
  }

  /** Drops the tenant's cached responses. */
  async purgeCache(options: CallOptions = {}): Promise<void> {
    await this.#transport.send('delete', '/api/v1/cache', {}, options, true);
  }
}
