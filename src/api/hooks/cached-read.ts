import { LRUCache } from 'lru-cache';
import { type ReadQuery, readKey } from '../../integrations/hub-rules';
import { collectionQuery, pathChannel, pathGuid } from '../request/parameters';
import { BASE_PATH } from '../routes/paths';

const PATH = `${BASE_PATH}/integrations`;

/** One of the three reads that the cache serves, and the template of its route. */
export interface CachedRead {
  readonly route: string;
  readonly question: ReadQuery;
  /** See `readKey`. */
  readonly key: string;
}

/** Parsed URLs that are remembered. */
const MAX_URLS = 10_000;
/** In characters; longer than any plain spelling. */
const MAX_URL_LENGTH = 256;

interface Shape {
  readonly route: string;
  /** Matches the rest of the URL after `PATH`. */
  readonly pattern: RegExp;
  /** Undefined: the router has to parse it. */
  readonly queryOf: (captures: readonly string[]) => ReadQuery | undefined;
}

/** The plain spelling only: nothing that a router or a query parser would have to decode. */
const SHAPES: readonly Shape[] = [
  {
    route: `${PATH}/:integrationId`,
    pattern: /^\/([\w-]+)$/,
    queryOf: ([id = '']) => ({ kind: 'one', integrationId: pathGuid(id, 'integrationId') }),
  },
  {
    route: `${PATH}/hubs/:hubId/:channelType`,
    pattern: /^\/hubs\/([\w-]+)\/(\w+)$/,
    queryOf: ([hubId = '', channelType = '']) => ({
      kind: 'by-channel',
      hubId: pathGuid(hubId, 'hubId'),
      channel: pathChannel(channelType, 'channelType'),
    }),
  },
  {
    route: PATH,
    pattern: /^(?:\?(\w+=[\w-]+(?:&\w+=[\w-]+)*))?$/,
    queryOf: ([query = '']) => {
      const pairs = [...new URLSearchParams(query)];
      const values = Object.fromEntries(pairs);
      // The parser of the ordinary path makes a list of a repeated name.
      if (Object.keys(values).length < pairs.length) return undefined;
      return { kind: 'collection', query: collectionQuery(values) };
    },
  },
];

/** Parses URLs of cached reads, and remembers those that were hits, because they recur. */
export class CachedReadUrls {
  readonly #known = new LRUCache<string, CachedRead>({ max: MAX_URLS });

  /** A quick check whether the URL may be one of a cached read. */
  static maySpell(url: string): boolean {
    return url.length <= MAX_URL_LENGTH && url.startsWith(PATH);
  }

  /**
   * The cached read of a plainly spelt URL; `undefined` leaves it to the router. Throws a `Problem` for parameters that the
   * ordinary path would reject.
   */
  of(url: string): CachedRead | undefined {
    return this.#known.get(url) ?? parse(url);
  }

  remember(url: string, read: CachedRead): void {
    if (!this.#known.has(url)) this.#known.set(url, read);
  }
}

function parse(url: string): CachedRead | undefined {
  if (!CachedReadUrls.maySpell(url)) return undefined;
  const rest = url.slice(PATH.length);
  for (const { route, pattern, queryOf } of SHAPES) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const query = queryOf(match.slice(1));
    if (!query) return undefined;
    return { route, question: query, key: readKey(query) };
  }
  return undefined;
}
