import type { FastifyRequest } from 'fastify';
import type { Channel } from '../../channels/channel';
import { channelById } from '../../channels/channel-registry';
import { guidOf } from '../../context/request-context';
import type { CollectionQuery, ReadQuery } from '../../integrations/hub-rules';
import { invalidRequest, Problem } from '../../problems/problem';
import { parameterViolation, type Violation } from '../../problems/violation';

type QueryOf<K extends ReadQuery['kind']> = Extract<ReadQuery, { kind: K }>;

export const MAX_PAGE_NUMBER = 2 ** 31 - 1;
export const MAX_PAGE_SIZE = 100;
export const PAGE_DEFAULTS = { pageNumber: 0, pageSize: 50 };

/** An id in a path, in lower case. Throws for anything but a GUID, which never reaches Hubster (S-009). */
export function pathGuid(value: string, name: string): string {
  const guid = guidOf(value);
  if (guid === undefined) throw invalidRequest([parameterViolation(203, name)]);
  return guid;
}

/** A channel in a path: one of the ten names in any case, or its number (S-502). */
export function pathChannel(value: string, name: string): Channel {
  const channel = channelById(value);
  if (!channel) throw invalidRequest([parameterViolation(206, name)]);
  return channel;
}

/** The query of a read of one integration; like the next two, it throws `validation-failed` for invalid parameters. */
export function integrationQuery(request: FastifyRequest): QueryOf<'one'> {
  const integrationId = pathGuid(pathParameter(request, 'integrationId'), 'integrationId');
  noQuery(request);
  return { kind: 'one', integrationId };
}

/** The query of a read of one channel of a hub. */
export function channelQuery(request: FastifyRequest): QueryOf<'by-channel'> {
  const hubId = pathGuid(pathParameter(request, 'hubId'), 'hubId');
  const channel = pathChannel(pathParameter(request, 'channelType'), 'channelType');
  noQuery(request);
  return { kind: 'by-channel', hubId, channel };
}

/** The query of a read of one page of the collection. */
export function pageQuery(request: FastifyRequest): QueryOf<'collection'> {
  return { kind: 'collection', query: collectionQuery(recordOf(request.query)) };
}

/** The query of the collection (S-601 to S-604). Throws `validation-failed` with all violations. */
export function collectionQuery(query: Readonly<Record<string, unknown>>): CollectionQuery {
  const errors: Violation[] = Object.keys(query)
    .filter((name) => !['hubId', 'pageNumber', 'pageSize'].includes(name))
    .map(unknownParameter);
  const pageNumber = readNumber(query['pageNumber'], PAGE_DEFAULTS.pageNumber);
  const pageSize = readNumber(query['pageSize'], PAGE_DEFAULTS.pageSize);
  const hubId = guidOf(query['hubId']);
  if (query['hubId'] !== undefined && hubId === undefined) errors.push(parameterViolation(203, 'hubId'));
  if (pageNumber === undefined || pageNumber > MAX_PAGE_NUMBER) errors.push(parameterViolation(210, 'pageNumber'));
  else if (pageNumber < 0) errors.push(parameterViolation(209, 'pageNumber'));
  if (pageSize === undefined) errors.push(parameterViolation(210, 'pageSize'));
  else if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) errors.push(parameterViolation(207, 'pageSize'));
  if (errors.length > 0 || pageNumber === undefined || pageSize === undefined) throw invalidRequest(errors);
  return { pageNumber, pageSize, ...(hubId !== undefined && { hubId }) };
}

/** Throws for unknown query parameters, which Hubster would ignore (N8). */
export function noQuery({ query }: Pick<FastifyRequest, 'query'>): void {
  const names = Object.keys(recordOf(query));
  if (names.length > 0) throw invalidRequest(names.map((name) => unknownParameter(name)));
}

const unknownParameter = (name: string) => parameterViolation(206, name, 'This parameter is not known.');

/** A whole number in decimal digits; no exponent, fraction, plus sign or white space. */
function readNumber(value: unknown, absent: number): number | undefined {
  if (value === undefined) return absent;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** Throws `not-found` for an empty one, as Nest does before its handlers: the router takes it for a match. */
function pathParameter({ params }: FastifyRequest, name: string): string {
  const value = String(recordOf(params)[name] ?? '');
  if (value === '') throw new Problem('not-found');
  return value;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
