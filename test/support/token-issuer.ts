import { once } from 'node:events';
import { createServer } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { portOf } from './ports';

/** A token issuer that publishes its keys on a real port, like an identity provider. */
export interface TokenIssuer {
  /** Also the claim `iss`. */
  readonly url: string;
  readonly jwksUri: string;
  /** How often its keys were fetched. */
  readonly fetches: number;
  /** Publishes a new key and signs with it from now on; `retire` removes the others. */
  rotate(options?: { readonly algorithm?: string; readonly retire?: boolean }): Promise<void>;
  /** Responds with 500 from now on. */
  fail(): void;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  /** A valid token with `changes` applied; a claim of undefined is removed. */
  token(changes?: TokenChanges): Promise<string>;
  close(): Promise<void>;
}

export interface TokenChanges {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey | Uint8Array;
}

export async function startTokenIssuer(now: () => number = Date.now): Promise<TokenIssuer> {
  const published: JWK[] = [];
  let fetches = 0;
  let isFailing = false;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.writeHead(isFailing ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${portOf(server)}/`;
  const makeKey = async (alg: string) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid: `key-${published.length + 1}`, alg };
    published.push(jwk);
    return { alg, privateKey, jwk };
  };
  let current = await makeKey('ES256');

  return {
    url,
    jwksUri: `${url}keys`,
    get fetches() {
      return fetches;
    },
    get privateKey() {
      return current.privateKey;
    },
    get publicJwk() {
      return current.jwk;
    },
    rotate: async ({ algorithm = 'ES256', retire = false } = {}) => {
      current = await makeKey(algorithm);
      if (retire) published.splice(0, published.length - 1);
    },
    fail: () => {
      isFailing = true;
    },
    token: ({ header, claims, key = current.privateKey } = {}) => {
      const seconds = Math.floor(now() / 1000);
      const payload = { iss: url, aud: 'stagedoor', sub: 'alice', tenant: 'acme', exp: seconds + 600, ...claims };
      const kid = current.jwk.kid ?? '';
      return new SignJWT({ scope: 'integrations:read', ...payload })
        .setProtectedHeader({ alg: current.alg, kid, ...header })
        .sign(key);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
