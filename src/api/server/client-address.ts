import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Network } from '../../config/network-settings';
import { plainAddress } from '../../context/quota';
import { forwardedFromRight, plainNodesFromRight } from './forwarded-header';

/** More proxies in a row than any network has; what is left of them is not read. */
const MAX_HOPS = 32;
/** Checking one address in a `BlockList` takes microseconds, as much as a tenth of a cache hit. */
const KNOWN_HOPS = 4096;

interface Hop {
  readonly address: string;
  readonly isTrusted: boolean;
}

/**
 * The address of a client behind trusted proxies (docs/decisions/0042): each proxy adds the address that it was called from at the right.
 * They are read from there, and the first that is not a trusted proxy is the client. Everything to the left of it is the client's own text.
 */
export class TrustedProxies {
  readonly #networks = new BlockList();
  readonly #isEmpty: boolean;
  readonly #hops = new LRUCache<string, Hop>({ max: KNOWN_HOPS });

  constructor(networks: readonly Network[]) {
    this.#isEmpty = networks.length === 0;
    for (const { address, prefix, family } of networks) this.#networks.addSubnet(address, prefix, family);
  }

  /** @param address as `plainAddress` returns it */
  trusts(address: string): boolean {
    const version = isIP(address);
    return !this.#isEmpty && version !== 0 && this.#networks.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * The client of a request that a trusted proxy has sent. A proxy writes one of the two headers; two that differ were not written by it
   * alone, so neither is believed.
   */
  clientOf(proxy: string, { forwarded, 'x-forwarded-for': forwardedFor }: IncomingHttpHeaders): string {
    const named = forwarded === undefined ? undefined : this.#furthest(proxy, forwardedFromRight(forwarded));
    if (forwardedFor === undefined) return named ?? proxy;
    const listed = this.#furthest(proxy, plainNodesFromRight(String(forwardedFor)));
    return named === undefined || named === listed ? listed : proxy;
  }

  /** A node that is no address ends the way: the last proxy that is known takes the place of the client. */
  #furthest(proxy: string, nodes: Iterable<string | undefined>): string {
    let address = proxy;
    let hops = 0;
    for (const node of nodes) {
      const hop = node === undefined ? undefined : this.#hopOf(node);
      if (hop) address = hop.address;
      hops += 1;
      if (!hop?.isTrusted || hops === MAX_HOPS) break;
    }
    return address;
  }

  #hopOf(node: string): Hop | undefined {
    const known = this.#hops.get(node);
    if (known) return known;
    const address = addressOf(node);
    if (address === undefined) return undefined;
    const hop = { address, isTrusted: this.trusts(address) };
    this.#hops.set(node, hop);
    return hop;
  }
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`: the address in its one notation, without a zone. */
const NODE = /^(?:\[(?<bracketed>[\da-f:.]{2,45})\]|(?<v4>[\d.]{7,15}))(?::\d{1,5})?$|^(?<v6>[\da-f:.]{2,45})$/i;

function addressOf(node: string): string | undefined {
  const { bracketed, v4, v6 } = NODE.exec(node)?.groups ?? {};
  const address = bracketed ?? v4 ?? v6 ?? '';
  const version = isIP(address);
  if (version === 4 && bracketed === undefined) return address;
  return version === 6 ? plainAddress(new SocketAddress({ address, family: 'ipv6' }).address) : undefined;
}
