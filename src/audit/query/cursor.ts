/** A position of the store as callers carry it around: opaque, and safe in a URL. */
export function cursorOf(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** The position in a cursor, which may be any text: the store has to know it. */
export function positionOf(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}
