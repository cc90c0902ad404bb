import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../../problems/problem';
import { type ConstantDocument, sendDocument } from '../openapi/constant-document';
import type { RouteDeclaration } from '../routes/route-declaration';

const FOLDER = join(__dirname, 'assets');
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};
const IMMUTABLE = 'public, max-age=31536000, immutable';

const DECLARATION: RouteDeclaration = {
  access: 'public',
  because: 'Styles and scripts of the pages, the same for everybody.',
  isManagement: false,
};

interface AssetParams {
  readonly version: string;
  readonly name: string;
}

const ASSETS: ReadonlyMap<string, ConstantDocument> = new Map(
  readdirSync(FOLDER)
    .sort()
    .map((name) => [name, { type: TYPES[extname(name)] ?? '', body: readFileSync(join(FOLDER, name)) }]),
);

/** A hash of all files: they have one version, so that scripts can import one another by relative paths. */
const VERSION = [...ASSETS]
  .reduce((hash, [name, { body }]) => hash.update(`${name}\0${body.length}\0`).update(body), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);

/** The path of a file of `assets/`, relative to the start page. */
export function assetPath(name: string): string {
  if (!ASSETS.has(name)) throw new Error(`no asset ${name}`);
  return `assets/${VERSION}/${name}`;
}

/** Serves the files at their paths, for a year. */
export function serveAssets(fastify: FastifyInstance): void {
  const options = { config: { declaration: DECLARATION } };
  fastify.get<{ Params: AssetParams }>('/assets/:version/:name', options, ({ params }, reply) => {
    const asset = ASSETS.get(params.name);
    if (!asset) throw new Problem('not-found');
    // While replicas are replaced, a page of the other version gets this file, but must not keep it.
    void reply.header('cache-control', params.version === VERSION ? IMMUTABLE : 'no-cache');
    sendDocument(reply, asset);
  });
}
