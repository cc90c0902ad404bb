/** What can be said of a trail, the gravest last, each with the exit status of `audit:verify`. 2 is left to wrong usage. */
export const EXIT_STATUS = {
  ok: 0,
  'unanchored-tail': 4,
  'torn-tail': 3,
  'unknown-key': 5,
  tampered: 1,
} as const;

export type TrailState = keyof typeof EXIT_STATUS;

/** Something that keeps a trail from being `ok`. */
export interface Finding {
  readonly state: Exclude<TrailState, 'ok'>;
  readonly chain: string;
  /** The first sequence it concerns. */
  readonly seq: number;
  readonly reason: string;
}

export interface Verdict {
  readonly state: TrailState;
  readonly chains: number;
  readonly lines: number;
  readonly findings: readonly Finding[];
}

export function gravestOf(findings: readonly Finding[]): TrailState {
  const states = Object.keys(EXIT_STATUS) as TrailState[];
  return states.findLast((state) => findings.some((finding) => finding.state === state)) ?? 'ok';
}
