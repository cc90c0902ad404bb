import { LRUCache } from 'lru-cache';
import { type ReadQuery, readKey } from '../../integrations/read-query';
import { collectionQuery, pathChannel, pathGuid } from '../request/parameters';
import { BASE_PATH } from '../routes/paths';

const PATH = `${BASE_PATH}/integrations`;

/** One of the three reads that the cache answers, and the template of its route. */
export interface CachedRead {
  readonly route: string;
  readonly question: ReadQuery;
  /** See `readKey`. */
  readonly key: string;
}

/** URLs whose meaning is remembered. */
const MAX_URLS = 10_000;
/** Longer than any plain spelling. */
const MAX_URL_LENGTH = 256;

interface Shape {
  readonly route: string;
  /** Of what follows `PATH` in the URL. */
  readonly pattern: RegExp;
  /** Nothing where the router has to judge. */
  readonly question: (parts: readonly string[]) => ReadQuery | undefined;
}

/** Only the plain spelling, with nothing that a router or a query parser would have to decode. */
const SHAPES: readonly Shape[] = [
  {
    route: `${PATH}/:integrationId`,
    pattern: /^\/([\w-]+)$/,
    question: ([id = '']) => ({ asks: 'one', integrationId: pathGuid(id, 'integrationId') }),
  },
  {
    route: `${PATH}/hubs/:hubId/:channelType`,
    pattern: /^\/hubs\/([\w-]+)\/(\w+)$/,
    question: ([hubId = '', channelType = '']) => ({
      asks: 'by-channel',
      hubId: pathGuid(hubId, 'hubId'),
      channel: pathChannel(channelType, 'channelType'),
    }),
  },
  {
    route: PATH,
    pattern: /^(?:\?(\w+=[\w-]+(?:&\w+=[\w-]+)*))?$/,
    question: ([query = '']) => {
      const pairs = [...new URLSearchParams(query)];
      const values = Object.fromEntries(pairs);
      // The parser of the ordinary path makes a list of a name that comes twice.
      if (Object.keys(values).length < pairs.length) return undefined;
      return { asks: 'collection', query: collectionQuery(values) };
    },
  },
];

/** What URLs ask for; of those that were hit it is remembered, as the same ones come again and again. */
export class CachedReadUrls {
  readonly #known = new LRUCache<string, CachedRead>({ max: MAX_URLS });

  /** Whether the URL may be one of a cached read; the rest need not be looked at. */
  static maySpell(url: string): boolean {
    return url.length <= MAX_URL_LENGTH && url.startsWith(PATH);
  }

  /**
   * The cached read that a URL spells plainly; `undefined` leaves it to the router. Throws where the ordinary path would
   * refuse the parameters.
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
  for (const { route, pattern, question } of SHAPES) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const asked = question(match.slice(1));
    if (!asked) return undefined;
    return { route, question: asked, key: readKey(asked) };
  }
  return undefined;
}
