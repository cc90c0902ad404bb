import { CHANNELS } from '../../channels/channel-registry';
import { Problem, type ProblemDetails } from '../../problems/problem';
import type { ProblemCode } from '../../problems/problem-registry';
import { parameterViolation, pointerOf, type Violation, violation } from '../../problems/violation';
import {
  type Failed,
  isAmbiguous,
  isRejection,
  type Rejection,
  retryAfterOf,
  rulesOf,
  type UpstreamError,
} from './outcome';

const RESOURCE_EXISTS = 106;
const NAME_EXISTS = 700;
const CHANNEL_ASSIGNED = 701;

const BODY_FIELDS = ['channelId', 'name', 'statusId', 'configuration'];
const PARAMETERS = ['hubId', 'integrationId', 'channelType', 'pageNumber', 'pageSize'];
const CONFIGURATION_FIELDS = [...new Set(CHANNELS.flatMap(({ fields }) => fields.map(({ name }) => name)))];

interface ProblemContext {
  readonly write: boolean;
  readonly mayConflict: boolean;
  readonly hasIdempotencyKey: boolean;
  readonly isPassthroughToken: boolean;
  readonly cause: Error;
}

/** The problem for an outcome: the last column of S-700 to S-720. */
export function outcomeProblem(outcome: Failed, context: ProblemContext): Problem {
  const { write, mayConflict, hasIdempotencyKey, isPassthroughToken, cause } = context;
  if (isAmbiguous(outcome, write ? 'POST' : 'GET')) {
    return new Problem('upstream-timeout', { cause, outcome: 'unknown', retryable: hasIdempotencyKey });
  }
  if (isRejection(outcome)) return rejectionProblem(outcome, mayConflict, cause);
  return new Problem(codeOf(outcome, isPassthroughToken), { cause, ...retryDetails(outcome) });
}

/** Hubster's status and errors are passed on. */
function rejectionProblem(outcome: Rejection, mayConflict: boolean, cause: Error): Problem {
  const errors = outcome.errors.map(declaredError);
  const details = { cause, ...(errors.length > 0 && { errors }) };
  const conflict = mayConflict ? conflictCode(outcome) : undefined;
  if (conflict) return new Problem(conflict, details);
  return new Problem(rulesOf(outcome).problem, { ...details, status: outcome.status });
}

function codeOf(outcome: Failed, isPassthroughToken: boolean): ProblemCode {
  if (outcome.kind === 'gateway' && outcome.status === 504) return 'upstream-timeout';
  if (outcome.kind === 'unauthorized' && isPassthroughToken) return 'unauthenticated';
  if (outcome.kind === 'short-circuited' && outcome.by === 'bulkhead') return 'overloaded';
  if (outcome.kind === 'short-circuited' && outcome.status === 429) return 'upstream-rate-limited';
  return rulesOf(outcome).problem;
}

/** S-113: Hubster responds to two conflicts with 400, and to the general one with 409. */
function conflictCode({ kind, errors }: Rejection): 'name-taken' | 'channel-taken' | undefined {
  if (kind !== 'rejected' && kind !== 'refused') return undefined;
  const codes = errors.map(({ code }) => code);
  if (codes.includes(NAME_EXISTS) || codes.includes(RESOURCE_EXISTS)) return 'name-taken';
  return codes.includes(CHANNEL_ASSIGNED) ? 'channel-taken' : undefined;
}

function retryDetails(outcome: Failed): ProblemDetails {
  const { kind } = outcome;
  if (kind !== 'rate-limited' && kind !== 'unavailable' && kind !== 'short-circuited') return {};
  return { status: outcome.status, retryAfterSeconds: Math.max(1, (retryAfterOf(outcome) ?? 0) / 1000) };
}

/** One of Hubster's errors as a violation, with a pointer if the property that it quotes is a declared one (S-008). */
function declaredError({ code, property }: UpstreamError): Violation {
  const named = (names: readonly string[]) => names.find((name) => name.toLowerCase() === property?.toLowerCase());
  const field = named(BODY_FIELDS);
  if (field) return violation(code, pointerOf(field));
  const parameter = named(PARAMETERS);
  if (parameter) return parameterViolation(code, parameter);
  const setting = named(CONFIGURATION_FIELDS);
  return violation(code, setting && pointerOf('configuration', setting));
}
