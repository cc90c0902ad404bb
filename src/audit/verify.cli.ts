#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { TrailKey } from './chain/chain';
import { type Anchor, readAnchor } from './verify/evidence';
import { EXIT_STATUS, reportOf } from './verify/verification';
import { verifyTrail } from './verify/verify-trail';

const EXIT_USAGE = 2;
const USAGE = `Usage: npm run audit:verify -- DIR [--at-least CHAIN:SEQ[:HASH]]...

Verifies the audit trail in DIR with SECRET_KEY and SECRET_KEY_PREVIOUS (or SECRET_KEY_FILE, SECRET_KEY_PREVIOUS_FILE).
Checkpoints are read from AUDIT_CHECKPOINTS, else from DIR/checkpoints.
--at-least: the trail must contain this line, with this hash if one is given. The service logs such an anchor with each
checkpoint (audit.checkpoint).

Exit status: 0 ok, 1 tampered, 2 wrong usage, 3 torn-tail, 4 unanchored-tail, 5 unknown-key, 6 no-trail`;

async function main(): Promise<number> {
  const { directory, anchors } = readArguments();
  const keys = ['SECRET_KEY', 'SECRET_KEY_PREVIOUS'].map(keyFrom).filter((key) => key !== undefined);
  if (directory === undefined || anchors === undefined || keys.length === 0) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const result = await verifyTrail({
    directory,
    checkpointDirectory: process.env['AUDIT_CHECKPOINTS'] ?? join(directory, 'checkpoints'),
    keys,
    anchors,
    ...(process.stderr.isTTY && { onProgress: progressBar() }),
  });
  console.log(reportOf(result));
  return EXIT_STATUS[result.state];
}

function readArguments(): { directory?: string; anchors?: readonly Anchor[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'at-least': { type: 'string', multiple: true } },
    });
    const [directory, ...others] = positionals;
    const anchors = (values['at-least'] ?? []).map(readAnchor);
    if (directory === undefined || others.length > 0 || anchors.includes(undefined)) return {};
    return { directory, anchors: anchors.filter((anchor) => anchor !== undefined) };
  } catch {
    return {};
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

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(`Cannot read the trail: ${error instanceof Error ? error.message : 'unknown'}`);
    process.exitCode = EXIT_USAGE;
  },
);
