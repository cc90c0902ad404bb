/** The states of a trail, the gravest last. */
const TRAIL_STATES = ['ok', 'no-trail', 'unanchored-tail', 'torn-tail', 'unknown-key', 'tampered'] as const;

export type TrailState = (typeof TRAIL_STATES)[number];

/** The exit status of `stagedoor audit verify`; 2 is wrong usage. */
export const EXIT_STATUS: Readonly<Record<TrailState, number>> = {
  ok: 0,
  tampered: 1,
  'torn-tail': 3,
  'unanchored-tail': 4,
  'unknown-key': 5,
  'no-trail': 6,
};
const MAX_SHOWN_FINDINGS = 50;

/** A reason why a trail is not `ok`. */
export interface Finding {
  readonly state: Exclude<TrailState, 'ok' | 'no-trail'>;
  readonly chain: string;
  /** The first sequence it concerns. */
  readonly seq: number;
  readonly reason: string;
}

export interface VerificationResult {
  readonly state: TrailState;
  readonly chains: number;
  readonly lines: number;
  readonly findings: readonly Finding[];
}

export function gravestOf(findings: readonly Finding[]): TrailState {
  return TRAIL_STATES.findLast((state) => findings.some((finding) => finding.state === state)) ?? 'ok';
}

/** The result as text; the last line is the state alone. */
export function reportOf({ state, chains, lines, findings }: VerificationResult): string {
  const shown = findings
    .slice(0, MAX_SHOWN_FINDINGS)
    .map(({ state, chain, seq, reason }) => `${state}: chain ${chain}, sequence ${seq}: ${reason}`);
  const left = findings.length - shown.length;
  return [
    `${lines.toLocaleString('en')} lines in ${chains.toLocaleString('en')} ${chains === 1 ? 'chain' : 'chains'}`,
    ...shown,
    ...(left > 0 ? [`and ${left} more`] : []),
    state,
  ].join('\n');
}
