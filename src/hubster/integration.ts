import type { Channel } from '../channels/channel';
import type { JsonObject } from '../json/json-value';
import type { Secret } from '../secrets/secret';

/** One integration, in one shape whatever Hubster sent (N7). Its configuration is not masked, so it is a secret. */
export interface Integration {
  readonly integrationId: string;
  readonly hubId: string;
  readonly inboundId?: string | undefined;
  readonly integrationTypeId?: string | undefined;
  readonly channel: Channel;
  readonly name?: string | undefined;
  readonly statusId?: number | undefined;
  /** Set for a response of Get: others may lack members (S-403). */
  readonly isFromGet?: true;
  /** Declared keys in their documented spelling, other keys as Hubster spells them. */
  readonly configuration: Secret<JsonObject>;
}

/** The integrations of one hub and channel. */
export interface ListedIntegrations<T = Integration> {
  readonly integrations: readonly T[];
  /** Whether no item was dropped (S-010, S-506): only then does a missing integration not exist. */
  readonly isComplete: boolean;
}

/** A page of integrations; `total` is Hubster's number, not that of the items here (S-606). */
export interface IntegrationPage<T = Integration> {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly total: number;
  readonly results: readonly T[];
  /** Whether Hubster has no further page. */
  readonly isLast: boolean;
}
