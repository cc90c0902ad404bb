import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { packageVersion } from '../../config/package-version';
import type { JsonObject } from '../../json/json-value';
import type { Route } from '../hooks/route-table';
import { headerComponents } from './header-components';
import { TAGS } from './operation';
import { PARAMETERS } from './parameter-components';
import { pathItems } from './paths';
import { problemExamples, problemResponses } from './problem-responses';
import { allSchemas } from './schemas/all-schemas';
import { BODILESS_PROBLEMS } from './verbs';

const INTRODUCTION = `Verbs, paths and bodies are those of Hubster, and no response has a secret.

- **Credentials**: an API key in \`X-API-Key\` or as a bearer token. A caller that may act for several tenants names one in
  \`X-Tenant-Id\`. \`x-scope\` of an operation is the scope that the caller needs.
- **Secrets** are shown as \`********\`; a fingerprint shows whether one has changed.
- **Errors** are problems (RFC 9457) with a \`code\`, all explained at \`/problems\`. Unknown members, and under
  \`/api\` unknown query parameters, are rejected, and all that is wrong with a request is reported at once.
- **Spellings**: ids in any case; \`channelId\` and \`integrationType\` as name in any case or as Hubster's number; keys of a
  configuration in any case. Responses have the spellings of this document.
- **Numbers** in free content are passed on with all their digits: read them without rounding if they can be large.
- **Browsers**: every response has the security headers of an API (\`Content-Security-Policy\`, \`X-Content-Type-Options\`,
  \`X-Frame-Options\`, \`Referrer-Policy\`).`;

const BEARER =
  'An API key, a token of an issuer that the operator has listed (a JWT, verified as RFC 8725 requires), or, where the operator ' +
  'allows it, a portal token of Hubster.';

/** The OpenAPI document: what the routes declare, and what they share as components. `publicUrl`: as in `Config`. */
export function openApiDocument(routes: readonly Route[], publicUrl = ''): JsonObject {
  const { openapi, info, servers = [], tags, security, components = {} } = frame(publicUrl || '/');
  const document = {
    openapi,
    info: {
      ...info,
      summary: 'The guarded back entrance to Hubster’s Integrations API.',
      contact: { name: 'The operator of this service' },
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: servers.map((server) => ({ ...server, 'x-internal': false })),
    security,
    tags,
    paths: pathItems(routes),
    components: {
      securitySchemes: components.securitySchemes,
      parameters: PARAMETERS,
      headers: headerComponents(),
      responses: { ...problemResponses(), ...BODILESS_PROBLEMS },
      schemas: allSchemas(),
      examples: problemExamples(),
    },
  };
  const plain: JsonObject = JSON.parse(
    JSON.stringify(document, (_key, value: unknown) => withPublicUrl(value, publicUrl)),
  );
  return plain;
}

/** The types of problems are paths otherwise. */
function withPublicUrl(value: unknown, publicUrl: string): unknown {
  return typeof value === 'string' && value.startsWith('/problems/') ? publicUrl + value : value;
}

/** The parts of the document that do not depend on routes. */
function frame(serverUrl: string): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Stagedoor')
    .setDescription(INTRODUCTION)
    .setVersion(packageVersion())
    .addServer(serverUrl, 'The service that sends this document, in production as well as on a local host.')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key of the caller.' }, 'apiKey')
    .addSecurity('bearer', { type: 'http', scheme: 'bearer', description: BEARER })
    .addSecurityRequirements('apiKey')
    .addSecurityRequirements('bearer');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return builder.build();
}
