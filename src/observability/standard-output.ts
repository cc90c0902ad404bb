import { SystemClock } from '../clock/clock';
import { BoundedOutput, nonBlockingWriter } from './bounded-output';

const opened = new Map<1 | 2, BoundedOutput>();

/** Standard output: the log and the startup banner. */
export function standardOutput(): BoundedOutput {
  return output(1);
}

/** Standard error: the reason why the process does not start. */
export function standardError(): BoundedOutput {
  return output(2);
}

function output(stream: 1 | 2): BoundedOutput {
  const known = opened.get(stream);
  if (known) return known;
  const made = new BoundedOutput(nonBlockingWriter(stream), new SystemClock());
  process.once('exit', () => made.end());
  opened.set(stream, made);
  return made;
}
