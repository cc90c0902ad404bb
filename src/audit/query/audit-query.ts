import { Injectable } from '@nestjs/common';
import { invalidRequest, Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { seal, unseal } from '../../secrets/seal';
import { SecretKeys } from '../../secrets/secret-keys';
import { AuditStore } from '../audit-store';
import type { AuditEvent } from '../record';
import { type EventFilter, eventMatcher } from './event-filter';

const MAX_SCANNED = 50_000;
/** In characters of stored lines: each slow reader of an export keeps a page in memory, and records may be large. */
const MAX_PAGE_LENGTH = 1024 * 1024;
const BAD_FORMAT = 201;

interface PageRequest {
  /** 1 to 500. */
  readonly limit: number;
  readonly cursor?: string;
}

export interface EventPage {
  /** Absent if the trail has the records of all replicas. */
  readonly scope?: 'this replica';
  readonly results: readonly AuditEvent[];
  /** Of the next page; absent at the end of the trail. */
  readonly nextCursor?: string;
}

/** Reads a tenant's events, newest first. */
@Injectable()
export class AuditQuery {
  constructor(
    private readonly store: AuditStore,
    private readonly keys: SecretKeys,
  ) {}

  /**
   * Reads at most 50,000 records, and stops at 1 MiB of results, so that a rare match costs its caller further requests and takes no
   * time from others: a page may be short, even empty, with a `nextCursor`. Throws `validation-failed` for an invalid cursor, and
   * `audit-unavailable` if the trail cannot be read.
   */
  async page(tenant: string, filter: EventFilter, { limit, cursor }: PageRequest): Promise<EventPage> {
    const before = cursor === undefined ? undefined : unseal(this.keys, cursorContext(tenant), cursor)?.reveal();
    if (cursor !== undefined && (before === undefined || !this.store.isPosition(before))) {
      throw invalidRequest([parameterViolation(BAD_FORMAT, 'cursor')]);
    }
    try {
      return await this.#scan(tenant, filter, limit, before);
    } catch (cause) {
      throw new Problem('audit-unavailable', { detail: 'The audit trail cannot be read', cause });
    }
  }

  async #scan(tenant: string, filter: EventFilter, limit: number, before: string | undefined): Promise<EventPage> {
    const { from, to, target } = filter;
    const slice = {
      tenants: [tenant],
      ...(target !== undefined && { target }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(before !== undefined && { before }),
    };
    const eventIn = eventMatcher({ ...filter, tenant });
    const results: AuditEvent[] = [];
    const scope = this.store.scope && { scope: this.store.scope };
    let scanned = 0;
    let length = 0;
    for await (const { position, text, cost = 1 } of this.store.newestFirst(slice)) {
      const event = eventIn(text);
      if (event) {
        results.push(event);
        length += text.length;
      }
      scanned += cost;
      if (results.length === limit || length >= MAX_PAGE_LENGTH || scanned >= MAX_SCANNED) {
        return { ...scope, results, nextCursor: seal(this.keys, cursorContext(tenant), position) };
      }
    }
    return { ...scope, results };
  }
}

/**
 * A position of the store contains chains, sequences and times of other tenants' records, so it is sealed in the cursors that
 * tenants receive, and valid for its own tenant only (N2).
 */
const cursorContext = (tenant: string): string => `audit-cursor/${tenant}`;
