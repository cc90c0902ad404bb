// Applies each named one-line mutant to a copy of the tree and runs the one test that has to go red (README.md).
const { spawnSync } = require('node:child_process');
const { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '../..');
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json'];
const SETTLED = 'test/faults/settled-writes.spec.ts';
const KEYED = 'test/e2e/idempotency.e2e.spec.ts';
const COHERENCE = 'src/cache/coherence.spec.ts';
const SETTLING = 'src/integrations/settling';

/** `test` is run with `-t only`; `from` has to stand in the file exactly once. */
const MUTANTS = [
  {
    name: 'ambiguous-is-final',
    file: `${SETTLING}/reconciler.ts`,
    from: 'if (!(error instanceof HubsterError) || !error.isAmbiguousWrite) throw error;',
    to: 'throw error;',
    test: SETTLED,
    only: 'carried out behind',
  },
  {
    name: 'resend-without-look',
    file: `${SETTLING}/reconciler.ts`,
    from: 'const PROBES_BEFORE_REPEAT = 2;',
    to: 'const PROBES_BEFORE_REPEAT = 1;',
    test: SETTLED,
    only: 'sent again after two looks',
  },
  {
    name: 'found-by-name-is-enough',
    file: `${SETTLING}/settle-create.ts`,
    from: 'if (showsAll(integration, command)) return',
    to: 'if (true) return',
    test: SETTLED,
    only: '409 name-taken',
  },
  {
    name: 'slack-is-sent-again',
    file: `${SETTLING}/settle-create.ts`,
    from: 'mayRepeat: !channel.isSingleUse',
    to: 'mayRepeat: true',
    test: SETTLED,
    only: 'left no trace is not sent again either',
  },
  {
    name: 'slack-found-is-success',
    file: `${SETTLING}/settle-create.ts`,
    from: 'if (channel.isSingleUse) return',
    to: 'if (false) return',
    test: SETTLED,
    only: 'names the candidate',
  },
  {
    name: 'keys-are-not-compared',
    file: `${SETTLING}/settle-update.ts`,
    from: 'if (regeneratesKeys) return keysTell(current, seen);',
    to: '',
    test: SETTLED,
    only: 'found by its new key',
  },
  {
    name: 'truth-is-not-told-later',
    file: 'src/integrations/audited-writes.ts',
    from: 'if (isUnknown) this.reconcileInBackground(open, problem);',
    to: '',
    test: SETTLED,
    only: 'the trail gets the truth',
  },
  {
    name: 'key-is-not-claimed',
    file: 'src/idempotency/memory-idempotency-store.ts',
    from: 'if (found.some((text) => text !== undefined)) return found;',
    to: '',
    test: KEYED,
    only: 'of requests at once one runs',
  },
  {
    name: 'unknown-is-sent-blindly',
    file: `${SETTLING}/reconciler.ts`,
    from: 'if (write.isRepeat) return this.settle(call, write);',
    to: '',
    test: KEYED,
    only: 'was carried out is found, and nothing is sent',
  },
  {
    name: 'body-is-not-compared',
    file: 'src/idempotency/request-identity.ts',
    from: "if (state.request !== this.#request) throw new Problem('idempotency-mismatch');",
    to: '',
    test: KEYED,
    only: 'is 422',
  },
  {
    name: 'failures-are-kept',
    file: 'src/api/hooks/idempotency.hook.ts',
    from: 'if (reply.statusCode >= 500 || problem?.retryable) return run.failed();',
    to: '',
    test: KEYED,
    only: 'a 5xx is not',
  },
  // Coherence of the cache (N4).
  {
    name: 'generation-is-not-renewed',
    file: 'src/cache/response-cache.ts',
    from: `const end = async () => {
      await generations.renew(tenant);`,
    to: 'const end = async () => {',
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'fence-is-gone',
    file: 'src/cache/refresh/refresher.ts',
    from: `const isStored = !request.directives.noStore && isLatest() && this.#mayStore(place);
      if (isStored) store.set(place, entry);`,
    to: `const isStored = isLatest();
      store.set({ ...place, generation: this.parts.generations.current(place.tenant).id }, entry);`,
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'unknown-outcome-is-no-fence',
    file: 'src/cache/refresh/refresher.ts',
    from: 'return !this.parts.inFlightWrites.has(tenant) && this',
    to: 'return this',
    test: 'src/cache/response-cache.spec.ts',
    only: 'of unknown outcome',
  },
  {
    name: 'redis-is-read-while-unknown',
    file: 'src/cache/response-cache.ts',
    from: 'if (isTrusted && !this.parts.inFlightWrites.has(request.tenant))',
    to: 'if (isTrusted)',
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'epoch-is-not-renewed',
    file: 'src/cache/generations/shared-generations.ts',
    from: 'onReconnected: () => void this.renew(EVERYONE),',
    to: 'onReconnected: () => undefined,',
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'dirty-marks-are-ignored',
    file: 'src/cache/generations/shared-generations.ts',
    from: '|| this.#dirty.has(EVERYONE) || this.#dirty.has(tenant)) return nothing',
    to: ') return nothing',
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'dead-generation-is-believed',
    file: 'src/cache/generations/shared-generations.ts',
    from: 'if (newest !== undefined && id < newest) return false;',
    to: '',
    test: COHERENCE,
    only: 'N4',
  },
  {
    name: 'entries-are-served-to-any-visibility',
    file: 'src/cache/stores/memory-cache-store.ts',
    from: `\${tenant} \${visibility} \${key}`,
    to: `\${tenant} \${key}`,
    test: 'test/contract/cache-stores.spec.ts',
    only: 'visibility',
  },
  {
    name: 'lock-is-not-taken',
    file: 'src/integrations/write-lock/shared-write-lock.ts',
    from: 'await this.#lock(lock, deadline);',
    to: '',
    test: 'test/e2e/write-turns.e2e.spec.ts',
    only: 'one after another: each reads',
  },
  {
    name: 'lock-of-another-is-kept',
    file: 'src/integrations/write-lock/shared-write-lock.ts',
    from: 'if holder and string.sub(holder, 1, 36) ~= string.sub(ARGV[1], 1, 36) then return 0 end',
    to: '',
    test: 'src/integrations/write-lock/shared-write-lock.spec.ts',
    only: 'never write to one integration at once',
  },
  {
    name: 'nothing-is-settled-later',
    file: 'src/audit/query/unresolved-intents.ts',
    from: 'if (isOpen) oldest.take(intent.tenant, mutation, length, withoutChanges);',
    to: '',
    test: 'test/contract/audit-stores.spec.ts',
    only: 'finds intents without an outcome',
  },
  {
    name: 'living-writes-are-settled',
    file: `${SETTLING}/unsettled-writes.ts`,
    from: 'storedAt <= clock.now() - leftAfterMs',
    to: 'storedAt <= clock.now()',
    test: `${SETTLING}/unsettled-writes.spec.ts`,
    only: 'leaves alone what a living replica',
  },
  {
    name: 'names-prove-creates',
    file: `${SETTLING}/recorded-changes.ts`,
    from: 'isProof(change) && sameJson(now.get(pointer), to)',
    to: 'true',
    test: `${SETTLING}/recorded-changes.spec.ts`,
    only: 'another secret',
  },
  {
    name: 'unreadable-items-prove-absence',
    file: 'src/integrations/reconciliation/list-named.ts',
    from: 'isAbsent: isComplete && ',
    to: 'isAbsent: ',
    test: 'test/faults/settled-writes.spec.ts',
    only: 'is not sent again where the list',
  },
  {
    name: 'tenants-mask-the-records-of-others',
    file: 'src/secrets/known-secrets.ts',
    from: 'this.#index.mask(text, [NOBODY, tenant], length)',
    to: 'this.#index.mask(text, undefined, length)',
    test: 'test/security/tenants-records.spec.ts',
    only: 'changes nothing in the records',
  },
  {
    name: 'retry-after-is-not-read',
    file: 'src/hubster/transport/read-response.ts',
    from: "asked && retryAfterMs(asked, onlyValue(headers, 'date'), now)",
    to: 'undefined',
    test: 'test/faults/retry-after.spec.ts',
    only: 'nobody calls early',
  },
  {
    name: 'dates-count-from-our-clock',
    file: 'src/hubster/transport/read-response.ts',
    from: "retryAfterMs(asked, onlyValue(headers, 'date'), now)",
    to: 'retryAfterMs(asked, undefined, now)',
    test: 'test/faults/retry-after.spec.ts',
    only: 'waited for up to 2 s',
  },
  {
    name: 'breaker-stays-closed',
    file: 'src/hubster/resilience/breaker.ts',
    from: 'if (!this.#failures.isTooMany) return;',
    to: 'if (true) return;',
    test: 'test/faults/storm.spec.ts',
    only: 'at most 12 %',
  },
  {
    name: 'reads-are-not-retried',
    file: 'src/hubster/resilience/retry.ts',
    from: 'const ATTEMPTS = 3;',
    to: 'const ATTEMPTS = 1;',
    test: 'test/faults/reads-under-503.spec.ts',
    only: '99.85 %',
  },
  {
    name: 'abandoned-reads-go-on',
    file: 'src/cache/refresh/single-flight.ts',
    from: 'flight.abandoned.abort();',
    to: '',
    test: 'test/faults/abandoned.spec.ts',
    only: 'cancelled at Hubster',
  },
];

const wanted = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const survivors = chosen.filter((mutant) => !isKilled(mutant)).map(({ name }) => name);
process.stdout.write(`${chosen.length - survivors.length} of ${chosen.length} mutants killed\n`);
process.exitCode = survivors.length === 0 && chosen.length > 0 ? 0 : 1;

function isKilled({ name, file, from, to, test, only }) {
  const tree = mkdtempSync(join(tmpdir(), 'stagedoor-mutant-'));
  try {
    for (const entry of COPIED) cpSync(join(ROOT, entry), join(tree, entry), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const source = readFileSync(join(tree, file), 'utf8');
    if (source.split(from).length !== 2) throw new Error(`${name}: its line does not stand in ${file} once`);
    writeFileSync(
      join(tree, file),
      source.replace(from, () => to),
    );
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
      { cwd: tree, encoding: 'utf8', timeout: 120_000 },
    );
    // A test that was not found, or a tree that does not start, kills nothing.
    const isKilled = /Tests:\s+\d+ failed/.test(run.stderr + run.stdout);
    process.stdout.write(`${isKilled ? 'killed  ' : 'SURVIVED'} ${name}\n`);
    return isKilled;
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
