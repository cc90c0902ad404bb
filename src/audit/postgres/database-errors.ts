import { reasonOf } from '../audit-store';

/** Reasons for the log, by the code of PostgreSQL (SQLSTATE). Any other failure is logged with its code. */
const REASONS: Readonly<Record<string, string>> = {
  '28P01': 'authentication',
  '28000': 'authentication',
  '42501': 'permission',
  '3D000': 'no-database',
  '3F000': 'no-schema',
  '42P01': 'no-schema',
  // "No partition of relation found for row".
  '23514': 'no-partition',
  '25006': 'read-only',
  '53100': 'full',
  '53300': 'too-many-connections',
  '55P03': 'timeout',
  '57014': 'timeout',
  '57P01': 'stopping',
  '57P03': 'starting',
};
const TLS_CODE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL)/;
const SHORT_CODE = /^[A-Z0-9_]{3,40}$/;

/** A failure of the database, without its message, which may quote anything. `code`: for the log. */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure';

  constructor(readonly code: string) {
    super('The database of the audit trail failed');
  }

  static of(error: unknown): DatabaseFailure {
    if (error instanceof DatabaseFailure) return error;
    const code = reasonOf(error);
    if (TLS_CODE.test(code)) return new DatabaseFailure('tls');
    return new DatabaseFailure(REASONS[code] ?? (SHORT_CODE.test(code) ? code : 'no-connection'));
  }
}
