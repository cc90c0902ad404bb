import type { Environment } from './environment';
import type { VariableReader } from './variable-reader';

/** Switches of Node that open the process to a debugger, write down what it knows, or accept what is not safe. */
const UNSAFE_SWITCHES = [
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

/** Reports what was set for Node itself and is not acceptable in production. */
export function refuseUnsafeNode(env: Environment, execArgv: readonly string[], variables: VariableReader): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    variables.violation('NODE_TLS_REJECT_UNAUTHORIZED', 'no value in production, as 0 accepts any certificate');
  const given = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/[\s"']+/)];
  // Node takes underscores for dashes.
  const names = new Set(given.map((option) => option.split('=')[0]?.replaceAll('_', '-')));
  const unsafe = UNSAFE_SWITCHES.filter((name) => names.has(`--${name}`));
  if (unsafe.length > 0)
    variables.violation(
      'NODE_OPTIONS',
      `no ${unsafe.map((name) => `--${name}`).join(', ')} in production, nor on the command line`,
    );
}
