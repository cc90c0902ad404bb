import { join } from 'node:path';
import { TrailKey } from '../../audit/chain/chain';
import { DatabaseFailure } from '../../audit/postgres/database-errors';
import { type Anchor, readAnchor } from '../../audit/verify/evidence';
import { EXIT_STATUS, reportOf, type VerificationResult } from '../../audit/verify/verification';
import { verifyTrail } from '../../audit/verify/verify-trail';
import { SecretKeys } from '../../secrets/secret-keys';
import { CommandFailure, EXIT_USAGE } from '../failure';
import { print } from '../terminal';
import { type TrailSource, trailSource, variablesOf } from '../trail-source';

/** Verifies a trail; prints what is wrong with it, and its state in the last line. `atLeast`: anchors as text. */
export async function printVerification(place: string | undefined, atLeast: readonly string[]): Promise<number> {
  const source = trailSource(place);
  const anchors = atLeast.map(anchorOf);
  const result = await verify(source, anchors).catch((error: unknown) => {
    throw error instanceof CommandFailure
      ? error
      : new CommandFailure(EXIT_USAGE, `Cannot read the trail: ${messageOf(error, place)}`);
  });
  await print(`${reportOf(result)}\n`);
  return EXIT_STATUS[result.state];
}

async function verify(source: TrailSource, anchors: readonly Anchor[]): Promise<VerificationResult> {
  const { keys, directory, checkpoints } = variablesOf((variables) => ({
    keys: [variables.read('SECRET_KEY'), variables.read('SECRET_KEY_PREVIOUS')].flatMap((key) =>
      key ? [new TrailKey(new SecretKeys(key))] : [],
    ),
    directory: 'directory' in source ? source.directory : variables.read('AUDIT_DIR'),
    checkpoints: variables.read('AUDIT_CHECKPOINTS'),
  }));
  if (keys.length === 0) {
    throw new CommandFailure(EXIT_USAGE, 'SECRET_KEY (or SECRET_KEY_FILE) has to be the key of the trail.');
  }
  const checkpointDirectory = checkpoints ?? join(directory, 'checkpoints');
  const options = { checkpointDirectory, keys, anchors, ...(process.stderr.isTTY && { onProgress: progressBar() }) };
  if ('directory' in source) return verifyTrail({ directory, ...options });
  const { verifyDatabase } = await import('../../audit/postgres/verify-database.js');
  return verifyDatabase(source.database, options);
}

function anchorOf(text: string): Anchor {
  const anchor = readAnchor(text);
  if (anchor) return anchor;
  throw new CommandFailure(
    EXIT_USAGE,
    '--at-least: expected CHAIN:SEQ or CHAIN:SEQ:HASH, as audit.checkpoint logs it.',
  );
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

/** Messages of a database may quote anything; those of files name the path, whose beginning is the argument. */
function messageOf(error: unknown, place = 'DIR'): string {
  if (!(error instanceof Error)) return 'unknown';
  return error instanceof DatabaseFailure ? error.code : error.message.replaceAll(place, 'DIR');
}
