const HASH_MEMBER = ',"hash":"';
const HASH_DIGITS = 43;
const END = '"}';
const TAIL_LENGTH = HASH_MEMBER.length + HASH_DIGITS + END.length;
const TAIL = /^,"hash":"([A-Za-z0-9_-]{43})"\}$/;

const HEAD_LENGTH = 80;
const HEAD = /^\{"seq":(\d{1,15}),"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)",/;

/** The hash before the first line of a chain. */
export const NO_HASH = '0'.repeat(HASH_DIGITS);

export interface LineHead {
  readonly seq: number;
  readonly time: string;
}

/** The part of a line that its hash covers: everything in front of the `hash` member. */
export function hashedPart(seq: number, time: string, body: string): string {
  return `{"seq":${seq},"time":"${time}",${body.slice(1, -1)}`;
}

export function closeLine(hashed: string, hash: string): string {
  return `${hashed}${HASH_MEMBER}${hash}${END}`;
}

/** Splits the stored bytes of a line without parsing them; undefined if Stagedoor did not write them. */
export function splitLine(line: Buffer): { readonly hashed: Buffer; readonly hash: string } | undefined {
  const at = line.length - TAIL_LENGTH;
  const hash = at > 0 ? TAIL.exec(line.toString('latin1', at))?.[1] : undefined;
  return hash === undefined ? undefined : { hashed: line.subarray(0, at), hash };
}

export function headOf(line: Buffer): LineHead | undefined {
  const [, seq, time] = HEAD.exec(line.toString('latin1', 0, HEAD_LENGTH)) ?? [];
  return seq === undefined || time === undefined ? undefined : { seq: Number(seq), time };
}
