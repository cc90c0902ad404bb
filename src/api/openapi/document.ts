import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../json/json-value';
import type { Route } from '../hooks/route-table';
import { headerComponents } from './header-components';
import { TAGS } from './operation';
import { PARAMETERS } from './parameter-components';
import { pathItems } from './paths';
import { problemExamples, problemResponses } from './problem-responses';
import { allSchemas } from './schemas/all-schemas';
import { BODILESS_PROBLEMS } from './verbs';

const INTRODUCTION = `The guarded back entrance to Hubster: its Integrations API with the same verbs, paths and bodies, but without
secrets in its responses.

- **Credentials**: an API key in \`X-API-Key\` or as a bearer token. A caller that may act for several tenants names one in
  \`X-Tenant-Id\`. \`x-scope\` of an operation is the scope that the caller needs.
- **Secrets** are shown as \`********\`; a fingerprint shows whether one has changed.
- **Errors** are problems (RFC 9457) with a \`code\`, all explained at \`/problems\`. Unknown members and query parameters are
  rejected, and all that is wrong with a request is reported at once.
- **Spellings**: ids in any case; \`channelId\` and \`integrationType\` as name in any case or as Hubster's number; keys of a
  configuration in any case. Responses have the spellings of this document.
- **Numbers** in free content are passed on with all their digits: read them without rounding if they can be large.
- **Browsers**: every response has the security headers of an API (\`Content-Security-Policy\`, \`X-Content-Type-Options\`,
  \`X-Frame-Options\`, \`Referrer-Policy\`).`;

/** The OpenAPI document: what the routes declare, and what they share as components. */
export function openApiDocument(routes: readonly Route[]): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stagedoor',
      summary: 'A guarded entrance to Hubster’s Integrations API.',
      description: INTRODUCTION,
      version: packageVersion(),
      contact: { name: 'The operator of this service' },
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: '/',
        description: 'The service that sends this document, in production as well as on a local host.',
        'x-internal': false,
      },
    ],
    security: [{ apiKey: [] }, { bearer: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathItems(routes),
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key of the caller.' },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key, a token of an issuer that the operator has listed (a JWT, verified as RFC 8725 requires), or, where the operator ' +
            'allows it, a portal token of Hubster.',
        },
      },
      parameters: PARAMETERS,
      headers: headerComponents(),
      responses: { ...problemResponses(), ...BODILESS_PROBLEMS },
      schemas: allSchemas(),
      examples: problemExamples(),
    },
  };
}

function packageVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));
  return version;
}
