import { CommandFailure } from './failure';

const EXIT_FAILED = 1;
/** The reader has gone (`| head -1`): the first write finds that out, later ones find the stream closed. */
const NO_READER = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

// Without a listener a reader that has gone ends the process with a stack trace. Writes report the same failure to their callers.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** Writes a result, ended by a newline. Resolves to whether somebody reads it, as fast as it is read. */
export function print(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      const code = error && 'code' in error ? String(error.code) : 'unknown';
      if (!error) resolve(true);
      else if (NO_READER.has(code)) resolve(false);
      else reject(new CommandFailure(EXIT_FAILED, `The result cannot be written: ${code}.`));
    });
  });
}

/** Writes a line that is no result. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
