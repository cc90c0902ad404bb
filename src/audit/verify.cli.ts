#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DatabaseError } from 'pg';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { TrailKey } from './chain/chain';
import { type DatabaseSource, withConnection } from './postgres/connect';
import { DatabaseFailure } from './postgres/database-errors';
import { databaseFrom } from './postgres/database-source';
import { PostgresTrail } from './postgres/postgres-trail';
import { type Anchor, readAnchor } from './verify/evidence';
import { EXIT_STATUS, reportOf } from './verify/verification';
import { verifyTrail } from './verify/verify-trail';

const EXIT_USAGE = 2;
const DATABASE = /^postgres(ql)?:/;
const USAGE = `Usage: npm run audit:verify -- [DIR | postgres://…] [--at-least CHAIN:SEQ[:HASH]]...

Verifies the audit trail in a directory or a database with SECRET_KEY and SECRET_KEY_PREVIOUS (or SECRET_KEY_FILE,
SECRET_KEY_PREVIOUS_FILE). Without DIR and URL the database is that of AUDIT_DATABASE_URL (or AUDIT_DATABASE_URL_FILE), which
keeps its password off the command line; its role needs SELECT. AUDIT_DATABASE_CA (or AUDIT_DATABASE_CA_FILE): its certificates.
Checkpoints are read from AUDIT_CHECKPOINTS, else from checkpoints in DIR, or in AUDIT_DIR for a database.
--at-least: the trail must contain this line, with this hash if one is given. The service logs such an anchor with each
checkpoint (audit.checkpoint).

Exit status: 0 ok, 1 tampered, 2 wrong usage, 3 torn-tail, 4 unanchored-tail, 5 unknown-key, 6 no-trail`;

interface Arguments {
  readonly trail: string | DatabaseSource;
  readonly anchors: readonly Anchor[];
}

async function main(): Promise<number> {
  const read = readArguments();
  const keys = ['SECRET_KEY', 'SECRET_KEY_PREVIOUS'].map(keyFrom).filter((key) => key !== undefined);
  if (read === undefined || keys.length === 0) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const { trail, anchors } = read;
  const directory = typeof trail === 'string' ? trail : (process.env['AUDIT_DIR'] ?? './data/audit');
  const checkpointDirectory = process.env['AUDIT_CHECKPOINTS'] ?? join(directory, 'checkpoints');
  const options = { checkpointDirectory, keys, anchors, ...(process.stderr.isTTY && { onProgress: progressBar() }) };
  const result =
    typeof trail === 'string'
      ? await verifyTrail({ directory, ...options })
      : await withConnection(trail, (client) => verifyTrail({ directory: new PostgresTrail(client), ...options }));
  console.log(reportOf(result));
  return EXIT_STATUS[result.state];
}

/** Undefined if they are wrong. */
function readArguments(): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'at-least': { type: 'string', multiple: true } },
    });
    const [place, ...others] = positionals;
    const isDirectory = place !== undefined && !DATABASE.test(place);
    const trail = isDirectory ? place : databaseFrom(process.env, place);
    const anchors = (values['at-least'] ?? []).map(readAnchor);
    if (trail === undefined || others.length > 0 || anchors.includes(undefined)) return undefined;
    return { trail, anchors: anchors.filter((anchor) => anchor !== undefined) };
  } catch {
    return undefined;
  }
}

function keyFrom(name: string): TrailKey | undefined {
  const file = process.env[`${name}_FILE`];
  const text = file === undefined ? process.env[name] : readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  return text ? new TrailKey(new SecretKeys(Secret.of(text))) : undefined;
}

/** Draws one line on the terminal, again for each percent, and clears it at the end. */
function progressBar(): (done: number, total: number) => void {
  let drawn = -1;
  return (done, total) => {
    const percent = Math.floor((100 * done) / total);
    if (percent === drawn) return;
    drawn = percent;
    const bar = '#'.repeat(percent / 2).padEnd(50, '.');
    process.stderr.write(percent < 100 ? `\r[${bar}] ${percent} %` : '\r\u001b[K');
  };
}

/** Messages of a database may quote anything; those of files name the path. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error instanceof DatabaseError ? DatabaseFailure.of(error).code : error.message;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(`Cannot read the trail: ${messageOf(error)}`);
    process.exitCode = EXIT_USAGE;
  },
);
