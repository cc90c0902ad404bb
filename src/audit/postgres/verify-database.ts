import { DatabaseError } from 'pg';
import type { VerificationResult } from '../verify/verification';
import { verifyTrail } from '../verify/verify-trail';
import { type DatabaseSource, withConnection } from './connect';
import { DatabaseFailure } from './database-errors';
import { PostgresTrail } from './postgres-trail';

/** Verifies the trail in a database. What the database rejects is a `DatabaseFailure`, as its messages may quote anything. */
export async function verifyDatabase(
  source: DatabaseSource,
  options: Omit<Parameters<typeof verifyTrail>[0], 'directory'>,
): Promise<VerificationResult> {
  try {
    return await withConnection(source, (client) => verifyTrail({ directory: new PostgresTrail(client), ...options }));
  } catch (error) {
    throw error instanceof DatabaseError ? DatabaseFailure.of(error) : error;
  }
}
