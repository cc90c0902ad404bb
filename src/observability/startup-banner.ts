import type { Config } from '../config/config';
import type { Demo } from '../config/demo';

interface StartupBanner {
  readonly url: string;
  /** The address of health and metrics, if they have a port of their own. */
  readonly managementUrl?: string | undefined;
  readonly config: Config;
  readonly demo?: Demo | undefined;
}

/**
 * The text that a person sees at the start. In a demo it includes the API keys: they are random at each start, valid for the embedded sandbox
 * only, and shown by design (N1).
 */
export function startupBanner({ url, managementUrl, config, demo }: StartupBanner): string {
  const management = managementUrl === undefined ? '' : `Health and metrics are on ${managementUrl}\n`;
  if (!demo) return config.log.format === 'pretty' ? `Stagedoor listens on ${url}\n${management}` : '';
  const [first] = demo.keys;
  const keys = demo.keys.map(
    ({ tenants: [tenant = ''], key }) => `  ${tenant.padEnd(8)} ${key.reveal()}   hub ${demo.hubs[tenant]?.[0] ?? ''}`,
  );
  return [
    '',
    `Stagedoor listens on ${url} with a sandbox for Hubster inside: a demo, nothing leaves this machine.`,
    '',
    `  Swagger UI  ${url}/docs`,
    `  OpenAPI     ${url}/openapi.json`,
    ...(managementUrl === undefined ? [] : ['', management.trimEnd()]),
    '',
    'Tenants and their API keys, until the next start:',
    ...keys,
    '',
    'Try it:',
    `  curl -H 'X-API-Key: ${first?.key.reveal() ?? ''}' ${url}/api/v1/integrations`,
    '',
    '',
  ].join('\n');
}
