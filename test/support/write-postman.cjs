// Writes the Postman collection of docs/openapi.yaml; part of `npm run openapi`. A test compares the two.
const { readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { parse } = require('yaml');
const { collectionOf } = require('./postman-collection.cjs');

const DOCS = resolve(__dirname, '../../docs');

const collection = collectionOf(parse(readFileSync(join(DOCS, 'openapi.yaml'), 'utf8')));
writeFileSync(join(DOCS, 'postman.json'), `${JSON.stringify(collection, undefined, 2)}\n`);
