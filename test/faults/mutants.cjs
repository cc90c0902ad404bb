// Makes each named change in a copy of the tree and runs the one test that has to go red (README.md).
const { spawnSync } = require('node:child_process');
const { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { mutate } = require('../support/mutate.cjs');

const ROOT = resolve(__dirname, '../..');
const COPIED = ['src', 'test', 'docs', 'package.json', 'tsconfig.json'];
/** A difference of two large bodies has megabytes. */
const MAX_OUTPUT = 256 * 1024 * 1024;
const AMBIGUOUS = 'test/faults/ambiguous-writes.spec.ts';
const KEYED = 'test/e2e/idempotency.e2e.spec.ts';
const REPRESENTATION = 'test/e2e/representation.e2e.spec.ts';
const COHERENCE = 'src/cache/coherence.spec.ts';

/** `change` is what `mutate` makes of the file; `test` is then run with `-t only`. */
const MUTANTS = [
  {
    name: 'client-from-the-left',
    file: 'src/api/server/client-address.ts',
    changes: [{ symbol: 'TrustedProxies.#furthest', if: 'isTrusted', is: 'false' }],
    test: 'src/api/server/client-address.spec.ts',
    only: 'does not change with what the client itself',
  },
  {
    name: 'one-of-two-forwarded-headers',
    file: 'src/api/server/client-address.ts',
    changes: [{ symbol: 'TrustedProxies.clientOf', if: 'listed', is: 'true' }],
    test: 'src/api/server/client-address.spec.ts',
    only: 'if the two headers differ',
  },
  {
    name: 'loopback-through-a-proxy',
    file: 'src/network/proxy-choice.ts',
    changes: [{ symbol: 'ProxyChoice.proxyFor', if: 'LOOPBACK', is: 'proxy' }],
    test: 'src/network/proxy-choice.spec.ts',
    only: 'for localhost',
  },
  {
    name: 'connections-never-age',
    file: 'src/hubster/transport/hubster-http.ts',
    changes: [{ symbol: 'ConnectionPool.dispatcher', if: 'monotonic', is: 'false' }],
    test: 'src/hubster/transport/hubster-http.spec.ts',
    only: 'connects to the new address',
  },
  {
    name: 'ambiguous-is-final',
    file: 'src/integrations/reconciliation/reconciler.ts',
    changes: [{ symbol: 'Reconciler.execute', if: 'isAmbiguousWrite', is: 'true' }],
    test: AMBIGUOUS,
    only: 'carried out behind',
  },
  {
    name: 'resend-without-probe',
    file: 'src/integrations/reconciliation/reconciler.ts',
    changes: [{ symbol: 'PROBES_BEFORE_REPEAT', is: '1' }],
    test: AMBIGUOUS,
    only: 'sent again after two',
  },
  {
    name: 'found-by-name-is-enough',
    file: 'src/integrations/reconciliation/reconcile-create.ts',
    changes: [{ symbol: 'reconcilableCreate', if: 'showsAll', is: 'true' }],
    test: AMBIGUOUS,
    only: '409 name-taken',
  },
  {
    name: 'slack-is-sent-again',
    file: 'src/integrations/reconciliation/reconcile-create.ts',
    changes: [{ symbol: 'reconcilableCreate', set: 'mayRepeat', is: 'true' }],
    test: AMBIGUOUS,
    only: 'left no trace is not sent again either',
  },
  {
    name: 'slack-found-is-success',
    file: 'src/integrations/reconciliation/reconcile-create.ts',
    changes: [{ symbol: 'reconcilableCreate', if: 'isSingleUse', is: 'false' }],
    test: AMBIGUOUS,
    only: 'names the candidate',
  },
  {
    name: 'keys-are-not-compared',
    file: 'src/integrations/reconciliation/reconcile-update.ts',
    changes: [{ symbol: 'reconcilableUpdate.probe', if: 'regeneratesKeys', is: 'false' }],
    test: AMBIGUOUS,
    only: 'found by its new key',
  },
  {
    name: 'outcome-is-not-recorded-later',
    file: 'src/integrations/audited-writes.ts',
    changes: [{ symbol: 'AuditedWrites.#fail', drop: '#reconcileInBackground' }],
    test: AMBIGUOUS,
    only: 'the trail gets the truth',
  },
  {
    name: 'writes-are-not-read-back',
    file: 'src/integrations/read-back.ts',
    changes: [{ symbol: 'showsAllOf', returns: 'written !== undefined && values !== undefined' }],
    test: REPRESENTATION,
    only: 'patched under If-Match',
  },
  {
    name: 'failed-reads-fail-writes',
    file: 'src/integrations/read-back.ts',
    changes: [
      { symbol: 'ReadBack.read', call: 'catch', is: 'this.portal.get({ ...call, deadline }, written.integrationId)' },
    ],
    test: REPRESENTATION,
    only: 'costs the tag',
  },
  {
    name: 'views-keep-the-order-of-hubster',
    file: 'src/channels/canonical-order.ts',
    changes: [
      { symbol: 'inCanonicalOrder', if: 'isOrderable', is: 'isOrderable(configuration) && channel === undefined' },
    ],
    test: REPRESENTATION,
    only: 'order of members',
  },
  {
    name: 'key-is-not-claimed',
    file: 'src/idempotency/memory-idempotency-store.ts',
    changes: [{ symbol: 'MemoryIdempotencyStore.claim', if: 'found', is: 'false' }],
    test: KEYED,
    only: 'of requests at once one runs',
  },
  {
    name: 'unknown-is-sent-blindly',
    file: 'src/integrations/reconciliation/reconciler.ts',
    changes: [{ symbol: 'Reconciler.execute', if: 'isRepeat', is: 'false' }],
    test: KEYED,
    only: 'was carried out is found, and nothing is sent',
  },
  {
    name: 'body-is-not-compared',
    file: 'src/idempotency/keyed-request.ts',
    changes: [{ symbol: 'RequestIdentity.open', if: '#request', is: 'false' }],
    test: KEYED,
    only: 'is 422',
  },
  {
    name: 'failures-are-kept',
    file: 'src/api/hooks/idempotency.hook.ts',
    changes: [{ symbol: 'endRun', if: 'retryable', is: 'false' }],
    test: KEYED,
    only: 'a 5xx is not',
  },
  // Coherence of the cache (N4).
  {
    name: 'generation-is-not-renewed',
    file: 'src/cache/response-cache.ts',
    changes: [{ symbol: 'ResponseCache.beginWrite.complete', drop: 'renew' }],
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'fence-is-gone',
    file: 'src/cache/refresh/refresher.ts',
    changes: [
      { symbol: 'Refresher.#load', set: 'isStored', is: 'isLatest()' },
      {
        symbol: 'Refresher.#load',
        call: 'set',
        is: 'this.store.set({ ...cacheKey, generation: this.generations.current(request.tenant, request.tags).id }, entry)',
      },
    ],
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'unknown-outcome-is-no-fence',
    file: 'src/cache/refresh/refresher.ts',
    changes: [{ symbol: 'Refresher.#mayStore', returns: 'this.generations.isCurrent(tenant, tags, generation)' }],
    test: 'src/cache/response-cache.spec.ts',
    only: 'until its unknown outcome is reconciled',
  },
  {
    name: 'redis-is-read-while-unknown',
    file: 'src/cache/response-cache.ts',
    changes: [{ symbol: 'ResponseCache.#find', if: 'inFlightWrites', is: 'isTrusted' }],
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'epoch-is-not-renewed',
    file: 'src/cache/generations/shared-generations.ts',
    changes: [{ symbol: 'SharedGenerations', set: 'onReconnected', is: '() => undefined' }],
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'epoch-of-a-record-is-ignored',
    file: 'src/cache/generations/shared-generations.ts',
    changes: [{ symbol: 'SharedGenerations.#read', if: '#greatestEpoch', is: 'false' }],
    test: 'src/cache/generations/shared-generations.epoch.spec.ts',
    only: 'learns a newer epoch',
  },
  {
    name: 'reads-of-a-lost-cache-do-not-wait',
    file: 'src/cache/refresh/refresher.ts',
    changes: [{ symbol: 'Refresher.refresh', if: 'isPatient', is: 'false' }],
    test: 'test/faults/lost-cache.spec.ts',
    only: 'wait for Hubster',
  },
  {
    name: 'stalls-fill-the-bulkhead',
    file: 'src/hubster/resilience/bulkhead.ts',
    changes: [{ symbol: 'Bulkhead.#slotInTime', drop: 'setImmediate' }],
    test: 'src/hubster/resilience/bulkhead.spec.ts',
    only: 'while this process was blocked',
  },
  {
    name: 'every-reconnection-renews-the-epoch',
    file: 'src/redis/interruptions.ts',
    changes: [{ symbol: 'Interruptions.end', set: 'isContinued', is: 'isSameServer && !wasClosed' }],
    test: 'src/cache/redis-rejections.redis.spec.ts',
    only: 'costs no epoch',
  },
  {
    name: 'rejections-open-the-breaker',
    file: 'src/redis/redis-connection.ts',
    changes: [{ symbol: 'RedisConnection.#run', if: 'isRejection', is: 'false' }],
    test: 'src/cache/redis-rejections.redis.spec.ts',
    only: 'costs no connection',
  },
  {
    name: 'lost-claims-are-kept',
    file: 'src/idempotency/unconfirmed-changes.ts',
    changes: [{ symbol: 'UnconfirmedChanges.repeat', if: 'MAX_CHANGES', is: 'true' }],
    test: 'src/idempotency/idempotency.spec.ts',
    only: 'within ten seconds',
  },
  {
    name: 'dirty-marks-are-ignored',
    file: 'src/cache/generations/shared-generations.ts',
    changes: [{ symbol: 'SharedGenerations.current', if: 'dirtyId', is: 'false' }],
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'dead-generation-is-believed',
    file: 'src/cache/generations/shared-generations.ts',
    changes: [{ symbol: 'SharedGenerations.#read', if: 'expected', is: 'false' }],
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'entries-are-served-to-any-visibility',
    file: 'src/cache/stores/memory-cache-store.ts',
    changes: [{ symbol: 'idOf', returns: 'tenant + key + visibility.slice(0, 0)' }],
    test: 'test/contract/cache-stores.spec.ts',
    only: 'visibility',
  },
  {
    name: 'any-address-is-allowed',
    file: 'src/config/tenants/tenants-schema.ts',
    changes: [{ symbol: 'SchemaContext.isHubsterAddress', returns: 'parseBaseUrl(text) !== undefined' }],
    test: 'src/config/tenants/hubster-addresses.spec.ts',
    only: 'another host',
  },
  {
    name: 'addresses-of-a-tenant-are-ignored',
    file: 'src/hubster/addresses.ts',
    changes: [{ symbol: 'addressesOf', returns: 'fallback' }],
    test: 'src/hubster/addresses.spec.ts',
    only: 'its own Hubster',
  },
  {
    name: 'token-outlives-its-address',
    file: 'src/hubster/identity/identity.ts',
    changes: [{ symbol: 'TokenCache.isFor', returns: 'this.credentials.clientId === credentials.clientId' }],
    test: 'src/hubster/addresses.spec.ts',
    only: 'another token',
  },
  {
    name: 'earlier-list-replaces-a-later-entry',
    file: 'src/cache/stores/redis-cache-store.ts',
    changes: [{ symbol: 'RedisCacheStore.set', if: '#newest', is: 'life <= 0' }],
    test: 'test/contract/cache-stores.spec.ts',
    only: 'does not replace what was stored after it',
  },
  {
    name: 'lock-is-not-taken',
    file: 'src/integrations/write-lock/write-lock.ts',
    changes: [{ symbol: 'WriteLock.runExclusive', drop: '#lock' }],
    test: 'test/e2e/write-lock.e2e.spec.ts',
    only: 'one after another: each reads',
  },
  {
    name: 'lock-of-another-is-taken',
    file: 'src/integrations/write-lock/write-lock.ts',
    changes: [{ symbol: 'TAKE', is: `"redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1"` }],
    test: 'src/integrations/write-lock/write-lock.redis.spec.ts',
    only: 'never write to one integration at once',
  },
  {
    name: 'indexes-are-trusted',
    file: 'src/audit/stores/chain-index/index-pages.ts',
    changes: [{ symbol: 'IndexPages.#read', if: 'macOf', is: 'false' }],
    test: 'src/audit/stores/chain-index/chain-index.spec.ts',
    only: 'whichever byte was changed',
  },
  {
    name: 'columns-are-not-verified',
    file: 'src/audit/postgres/postgres-trail.ts',
    changes: [{ symbol: 'agrees', returns: 'written !== undefined || found === undefined' }],
    test: 'test/security/database-roles.spec.ts',
    only: 'moved to another tenant',
  },
  {
    name: 'nothing-is-reconciled-later',
    file: 'src/audit/query/unresolved-intents.ts',
    changes: [{ symbol: 'UnresolvedIntents.between', drop: 'add' }],
    test: 'test/contract/audit-stores.spec.ts',
    only: 'finds intents without an outcome',
  },
  {
    name: 'living-writes-are-reconciled',
    file: 'src/integrations/reconciliation/startup-reconciler.ts',
    changes: [
      {
        symbol: 'StartupReconciler.reconcile',
        set: 'left',
        is: 'open.filter(({ storedAt }) => storedAt <= clock.now())',
      },
    ],
    test: 'src/integrations/reconciliation/startup-reconciler.spec.ts',
    only: 'leaves writes to the replica that may still',
  },
  {
    name: 'names-prove-creates',
    file: 'src/integrations/reconciliation/recorded-changes.ts',
    changes: [{ symbol: 'showsCreated', returns: 'changes.length >= 0 && seen !== undefined && tenant !== undefined' }],
    test: 'src/integrations/reconciliation/recorded-changes.spec.ts',
    only: 'another secret',
  },
  {
    name: 'unreadable-items-prove-absence',
    file: 'src/integrations/reconciliation/write-visible.ts',
    changes: [{ symbol: 'listNamed', set: 'isAbsent', is: 'others.length === integrations.length' }],
    test: 'test/faults/ambiguous-writes.spec.ts',
    only: 'is not sent again where the list',
  },
  {
    name: 'tenants-mask-the-records-of-others',
    file: 'src/secrets/known-secrets.ts',
    changes: [{ symbol: 'KnownSecrets.redactFor', call: 'mask', is: 'this.#index.mask(text, undefined, length)' }],
    test: 'test/security/tenants-records.spec.ts',
    only: 'changes nothing in the records',
  },
  {
    name: 'retry-after-is-not-read',
    file: 'src/hubster/transport/error-response.ts',
    changes: [{ symbol: 'readErrorResponse', set: 'wait', is: '(now < 0 ? 0 : undefined) as number | undefined' }],
    test: 'test/faults/retry-after.spec.ts',
    only: 'nobody calls early',
  },
  {
    name: 'dates-count-from-our-clock',
    file: 'src/hubster/transport/error-response.ts',
    changes: [
      { symbol: 'readErrorResponse', set: 'wait', is: 'retryAfter && retryAfterMs(retryAfter, undefined, now)' },
    ],
    test: 'test/faults/retry-after.spec.ts',
    only: 'waited for up to 2 s',
  },
  {
    name: 'breaker-stays-closed',
    file: 'src/hubster/resilience/breaker.ts',
    changes: [{ symbol: 'FailureWindow.tooMany', returns: 'undefined' }],
    test: 'test/faults/storm.spec.ts',
    only: 'at most 12 %',
  },
  {
    name: 'failures-of-others-do-not-count',
    file: 'src/hubster/resilience/breaker.ts',
    changes: [{ symbol: 'Breaker.hear', drop: '#all' }],
    test: 'src/hubster/resilience/breaker.spec.ts',
    only: 'open together after',
  },
  {
    name: 'every-replica-probes',
    file: 'src/hubster/fleet/redis-fleet.ts',
    changes: [{ symbol: 'TAKE_PROBE', is: "'return 1'" }],
    test: 'src/hubster/fleet/redis-fleet.redis.spec.ts',
    only: 'lets one replica probe',
  },
  {
    name: 'pauses-have-no-bound',
    file: 'src/hubster/resilience/breaker.ts',
    changes: [{ symbol: 'Cooldown.startFor', call: 'min', is: 'ms' }],
    test: 'src/hubster/resilience/breaker.spec.ts',
    only: 'whatever is published',
  },
  {
    name: 'late-replicas-read-nothing',
    file: 'src/hubster/resilience/policy.ts',
    changes: [{ symbol: 'Policy.send', drop: 'catchUp' }],
    test: 'test/faults/fleet.spec.ts',
    only: 'not even a replica that starts later',
  },
  {
    name: 'slots-are-of-each-replica',
    file: 'src/hubster/hubster.module.ts',
    changes: [{ symbol: 'HubsterModule', if: 'isConfigured', is: 'false' }],
    test: 'test/faults/fleet.spec.ts',
    only: 'have as many calls at once as one',
  },
  {
    name: 'slots-are-used-while-given-back',
    file: 'src/hubster/fleet/slots.ts',
    changes: [{ symbol: 'LeasedSlots.#leaseOnce', if: '#isAlone', is: 'false' }],
    test: 'src/hubster/fleet/slots.spec.ts',
    only: 'may give back',
  },
  {
    name: 'killed-replicas-keep-slots',
    file: 'src/hubster/fleet/slots.ts',
    changes: [{ symbol: 'SLOT_LIFE_MS', is: '3_000_000' }],
    test: 'src/hubster/fleet/redis-slots.redis.spec.ts',
    only: 'killed after 3 s',
  },
  {
    name: 'attempts-count-at-each-replica',
    file: 'src/access/limits/address-limit.ts',
    changes: [{ symbol: 'AddressLimit.#newLimiter', if: 'isConfigured', is: 'true' }],
    test: 'src/access/limits/address-limit.redis.spec.ts',
    only: 'are limited as at one',
  },
  {
    name: 'arguments-are-echoed',
    file: 'src/cli/program.ts',
    changes: [{ symbol: 'usageOf', set: 'fault', is: 'error.message' }],
    test: 'src/cli/program.spec.ts',
    only: 'is never echoed',
  },
  {
    name: 'exports-are-of-all-tenants',
    file: 'src/cli/commands/audit-export.command.ts',
    changes: [{ symbol: 'chunksOf', set: 'eventIn', is: 'eventMatcher({})' }],
    test: 'src/cli/commands/audit-export.command.spec.ts',
    only: 'those of one tenant',
  },
  {
    name: 'export-outlives-its-reader',
    file: 'src/cli/terminal.ts',
    changes: [{ symbol: 'print', if: 'NO_READER', is: 'false' }],
    test: 'src/cli/commands/audit-export.command.spec.ts',
    only: 'stops when its reader',
  },
  {
    name: 'wrong-level-is-adopted',
    file: 'src/api/operations/log-level.ts',
    changes: [{ symbol: 'LogLevel.configure', if: 'level', is: 'false' }],
    test: 'src/api/operations/log-level.spec.ts',
    only: 'stays where it is',
  },
  {
    name: 'access-log-keeps-its-level',
    file: 'src/observability/log/logger.ts',
    changes: [{ symbol: 'createLogger', if: 'levelVal', is: 'FLAT_LEVELS[kind] < FLAT_LEVELS.info' }],
    test: 'src/api/operations/log-level.spec.ts',
    only: 'changes what the access log writes',
  },
  {
    name: 'reads-are-not-retried',
    file: 'src/hubster/resilience/retry.ts',
    changes: [{ symbol: 'decideRetry', if: 'attempts', is: 'true' }],
    test: 'test/faults/reads-under-503.spec.ts',
    only: '99.85 %',
  },
  {
    name: 'abandoned-reads-go-on',
    file: 'src/cache/refresh/single-flight.ts',
    changes: [{ symbol: 'SingleFlight.#abandon', drop: 'abort' }],
    test: 'test/faults/abandoned.spec.ts',
    only: 'cancelled at Hubster',
  },
  {
    name: 'overload-rejects-nothing',
    file: 'src/api/hooks/overload.hook.ts',
    changes: [{ symbol: 'OverloadHook.admits', returns: 'true' }],
    test: 'src/api/hooks/overload.hook.spec.ts',
    only: 'admits 256 at a time',
  },
  {
    name: 'overload-rejects-other-tenants',
    file: 'src/api/hooks/overload.hook.ts',
    changes: [{ symbol: 'OverloadHook.admits', if: 'own', is: 'false' }],
    test: 'src/api/hooks/overload.hook.spec.ts',
    only: 'rejects no tenant for others',
  },
  {
    name: 'digest-has-key-hashes',
    file: 'src/config/config-digest.ts',
    changes: [{ symbol: 'shown', if: 'Secret', is: 'original instanceof Secret' }],
    test: 'src/config/config-digest.spec.ts',
    only: 'another STAGEDOOR_API_KEY',
  },
  {
    name: 'log-line-is-not-redacted',
    file: 'src/observability/log/logger.ts',
    changes: [{ symbol: 'logRedacted', call: 'redacted', is: 'member' }],
    test: 'src/observability/log/logger.spec.ts',
    only: 'masks a known secret in a message',
  },
];

module.exports = { MUTANTS };

if (require.main === module) run(process.argv.slice(2));

function run(wanted) {
  const chosen = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const survivors = chosen.filter((mutant) => !isKilled(mutant)).map(({ name }) => name);
  process.stdout.write(`${chosen.length - survivors.length} of ${chosen.length} mutants killed\n`);
  process.exitCode = survivors.length === 0 && chosen.length > 0 ? 0 : 1;
}

function isKilled({ name, file, changes, test, only }) {
  const tree = mkdtempSync(join(tmpdir(), 'stagedoor-mutant-'));
  try {
    for (const entry of COPIED) cpSync(join(ROOT, entry), join(tree, entry), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const source = readFileSync(join(tree, file), 'utf8');
    writeFileSync(join(tree, file), changes.reduce(mutate, source));
    const run = spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/jest/bin/jest.js'),
        '--config',
        'test/jest.config.cjs',
        '--forceExit',
        test,
        '-t',
        only,
      ],
      {
        cwd: tree,
        encoding: 'utf8',
        timeout: 300_000,
        maxBuffer: MAX_OUTPUT,
        env: { ...process.env, COHERENCE_RUNS: '1000' },
      },
    );
    // A test that was not found, or a tree that does not start, kills nothing.
    const isKilled = /Tests:\s+\d+ failed/.test(run.stderr + run.stdout);
    process.stdout.write(`${isKilled ? 'killed  ' : 'SURVIVED'} ${name}\n`);
    if (!isKilled) process.stdout.write(run.stderr.slice(-2_000));
    return isKilled;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
