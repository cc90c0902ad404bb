import { type DestinationStream, pino } from 'pino';

/** More than this is written before the turn ends, in bytes. */
const BATCH_BYTES = 16_000;

let only: DestinationStream | undefined;

/**
 * Standard output, written once a turn of the event loop: a busy process pays one system call for the lines of many requests.
 * A process that exits has written all of them; one that is killed loses those of its last turn.
 */
export function standardOutput(): DestinationStream {
  only ??= openOutput();
  return only;
}

function openOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, minLength: BATCH_BYTES });
  let isDue = false;
  const flush = () => {
    isDue = false;
    try {
      output.flushSync();
    } catch {
      // Nobody reads the log any more, and there is nowhere else to say so.
    }
  };
  process.once('exit', flush);
  return {
    write(line) {
      output.write(line);
      if (isDue) return;
      isDue = true;
      setImmediate(flush);
    },
  };
}
