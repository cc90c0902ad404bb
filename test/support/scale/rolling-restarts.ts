import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { BalancedReplicas } from '../balanced-replicas';
import { HUBS } from '../stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const CREATE = { channelId: 'WebChat', configuration: { allowedOrigins: ['localhost'] } };
/** Before the load: what it reads. */
const READ = 'what is read';
/** How long the new process serves before the next one is stopped, in milliseconds. */
const BETWEEN_MS = 1000;

interface RollingRestarts {
  /** At least; the load goes on until every replica was restarted. */
  readonly requests: number;
  readonly clients: number;
}

interface RollingReport {
  readonly requests: number;
  readonly creates: number;
  /** Processes that were stopped and started again. */
  readonly restarts: number;
  /** Requests by what was wrong with them: a status that is not 2xx, or no response. */
  readonly failures: Readonly<Record<string, number>>;
  /** Names with more than one integration at Hubster. */
  readonly double: number;
  /** Names with none. */
  readonly lost: number;
  readonly seconds: number;
}

interface Request {
  readonly kind: 'read' | 'create';
  readonly method?: 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Restarts one replica after the other while clients read, with and without the cache, and create with keys: each tenth request. */
export async function rollingRestarts(
  balanced: BalancedReplicas,
  { requests, clients }: RollingRestarts,
): Promise<RollingReport> {
  const agent = new Agent({ keepAlive: true });
  const { text } = await balanced.send({ method: 'POST', path: HUB, body: { name: READ, ...CREATE } });
  const [, id = ''] = /"integrationId":"([\w-]+)"/.exec(text) ?? [];
  const failures: Record<string, number> = {};
  const began = performance.now();
  let sent = 0;
  let creates = 0;
  let restarts = 0;
  let isRestarting = true;
  /** Undefined for a success. */
  const wrongWith = async ({ kind, ...request }: Request): Promise<string | undefined> => {
    try {
      const { status, text } = await balanced.send({ agent, ...request });
      if (status >= 200 && status < 300) return undefined;
      return `${kind}: ${status} ${/"code":"([\w-]+)"/.exec(text)?.[1] ?? 'of the balancer'}`;
    } catch (error) {
      return `${kind}: ${String(error)}`;
    }
  };
  const client = async () => {
    while (sent < requests || isRestarting) {
      sent += 1;
      const isCreate = sent % 10 === 0;
      const wrong = await wrongWith(isCreate ? create(nameOf(creates++)) : read(id, sent % 10 === 5));
      if (wrong !== undefined) failures[wrong] = (failures[wrong] ?? 0) + 1;
    }
  };
  const restart = async () => {
    while (sent < requests || restarts < balanced.services.length) {
      await balanced.restartReplica(restarts % balanced.services.length);
      restarts += 1;
      await delay(BETWEEN_MS);
    }
    isRestarting = false;
  };
  await Promise.all([restart(), ...Array.from({ length: clients }, client)]);
  agent.destroy();
  const seconds = (performance.now() - began) / 1000;
  const counts = await countsOf(balanced);
  const made = Array.from({ length: creates }, (_, index) => counts.get(nameOf(index)) ?? 0);
  return {
    ...{ requests: sent, creates, restarts, failures, seconds },
    double: made.filter((count) => count > 1).length,
    lost: made.filter((count) => count === 0).length,
  };
}

const nameOf = (create: number) => `rolling ${create}`;

function create(name: string): Request {
  const headers = { 'idempotency-key': `key of ${name}` };
  return { kind: 'create', method: 'POST', path: HUB, headers, body: { name, ...CREATE } };
}

function read(id: string, isList: boolean): Request {
  return { kind: 'read', path: isList ? `${HUB}/Direct` : `/api/v1/integrations/${id}` };
}

async function countsOf({ sandbox }: BalancedReplicas): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${sandbox.url}/sandbox/integrations?tenant=acme`);
  const existing: readonly { readonly name: string }[] = JSON.parse(await response.text());
  const counts = new Map<string, number>();
  for (const { name } of existing) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
