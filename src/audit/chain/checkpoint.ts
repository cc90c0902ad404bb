import type { ChainPoint } from './chain';
import type { TrailKey } from './trail-key';

const SIGNED = /^(\{.*),"signature":"([A-Za-z0-9_-]{86})"\}$/;
const CHAIN_POINT = /^\{"chain":"([^"]*)","seq":(\d{1,15}),"hash":"([^"]*)",.*"keyId":"([^"]*)"$/;

/** States that the chain had this line at this time. */
export interface Checkpoint extends ChainPoint {
  readonly keyId: string;
  /** The text that was signed. */
  readonly signed: string;
  readonly signature: string;
}

/** A checkpoint as a line of JSON; the signature covers the bytes in front of the `signature` member. */
export function checkpointLine({ chain, seq, hash }: ChainPoint, key: TrailKey, now: number): string {
  const time = new Date(now).toISOString();
  const signed = JSON.stringify({ chain, seq, hash, time, keyId: key.id }).slice(0, -1);
  return `${signed},"signature":"${key.sign(signed)}"}\n`;
}

/** Reads a checkpoint without verifying its signature; undefined for any other line. */
export function readCheckpoint(line: string): Checkpoint | undefined {
  const [, signed, signature] = SIGNED.exec(line) ?? [];
  if (signed === undefined || signature === undefined) return undefined;
  const [, chain, seq, hash, keyId] = CHAIN_POINT.exec(signed) ?? [];
  if (chain === undefined || hash === undefined || keyId === undefined) return undefined;
  return { chain, seq: Number(seq), hash, keyId, signed, signature };
}
