import type { Environment } from './environment';
import type { VariableReader } from './variable-reader';

/** Options of Node that allow a debugger, write secrets to disk or standard error, or weaken TLS or the HTTP parser. */
const UNSAFE_OPTIONS = [
  'inspect',
  'inspect-brk',
  'inspect-wait',
  'tls-keylog',
  'trace-tls',
  'heapsnapshot-signal',
  'heapsnapshot-near-heap-limit',
  'insecure-http-parser',
  'tls-min-v1.0',
  'tls-min-v1.1',
];

/** Reports settings of Node that are unsafe in production. */
export function checkNodeOptions(env: Environment, execArgv: readonly string[], variables: VariableReader): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    variables.violation('NODE_TLS_REJECT_UNAUTHORIZED', 'no value in production, as 0 accepts any certificate');
  const options = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/[\s"']+/)];
  // Node reads underscores as dashes.
  const names = new Set(options.map((option) => option.split('=')[0]?.replaceAll('_', '-')));
  const unsafe = UNSAFE_OPTIONS.filter((name) => names.has(`--${name}`));
  if (unsafe.length > 0)
    variables.violation(
      'NODE_OPTIONS',
      `no ${unsafe.map((name) => `--${name}`).join(', ')} in production, nor on the command line`,
    );
}
