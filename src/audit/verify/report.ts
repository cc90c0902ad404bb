import type { VerificationResult } from './verification';

const MAX_SHOWN = 50;

/** The result as text; the last line is the state alone. */
export function reportOf({ state, chains, lines, findings }: VerificationResult): string {
  const shown = findings
    .slice(0, MAX_SHOWN)
    .map(({ state, chain, seq, reason }) => `${state}: chain ${chain}, sequence ${seq}: ${reason}`);
  const left = findings.length - shown.length;
  return [
    `${lines.toLocaleString('en')} lines in ${chains.toLocaleString('en')} ${chains === 1 ? 'chain' : 'chains'}`,
    ...shown,
    ...(left > 0 ? [`and ${left} more`] : []),
    state,
  ].join('\n');
}
