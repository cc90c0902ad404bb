import { type DestinationStream, pino } from 'pino';

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
  const output = pino.destination({ dest: 1, sync: true });
  let lines = '';
  const flush = () => {
    try {
      output.write(lines);
    } catch {
      // Nobody reads the log any more, and there is nowhere else to say so.
    }
    lines = '';
  };
  process.once('exit', flush);
  return {
    write(line) {
      if (lines === '') setImmediate(flush);
      lines += line;
    },
  };
}
