import { existsSync, readFileSync } from 'node:fs';
import { parseJson } from './json';
import type { Sandbox } from './sandbox';
import { checkTenants, parseTenants, type SandboxTenant } from './tenants';

/** The configuration of `stagedoor sandbox`. */
interface SandboxEnvironment {
  readonly host: string;
  readonly port: number;
  readonly quirks: boolean;
  /** Undefined: the demo tenants. */
  readonly tenants: readonly SandboxTenant[] | undefined;
}

/** Kubernetes sets SANDBOX_PORT to such a value in every pod when a service is called `sandbox`. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//;

type Variables = Readonly<Record<string, string | undefined>>;

/** Throws one error that lists all invalid variables, without their values. */
export function readEnvironment(variables: Variables): SandboxEnvironment {
  const errors: string[] = [];
  const read = <Value>(name: string, fallback: Value, parse: (text: string) => Value): Value => {
    const text = variables[name];
    if (text === undefined || text === '') return fallback;
    try {
      return parse(text);
    } catch (error) {
      errors.push(`${name}: ${error instanceof Error ? error.message : 'cannot be read'}`);
      return fallback;
    }
  };
  const environment = {
    host: read('SANDBOX_HOST', '127.0.0.1', (text) => text),
    port: read('SANDBOX_PORT', 3001, (text) => (SERVICE_LINK.test(text) ? 3001 : parsePort(text))),
    quirks: read('SANDBOX_QUIRKS', true, parseSwitch),
    tenants: read<readonly SandboxTenant[] | undefined>('SANDBOX_TENANTS', undefined, readTenants),
  };
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return environment;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error('must be a port from 0 to 65535');
  return port;
}

function parseSwitch(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new Error('must be on or off');
  return text === 'on';
}

/** JSON, or the path of a JSON file. */
function readTenants(text: string): readonly SandboxTenant[] {
  const isJson = text.trimStart().startsWith('[');
  if (!isJson && !existsSync(text)) throw new Error('must be a JSON array, or the path of a file that contains one');
  const tenants = parseJson(isJson ? text : readFileSync(text, 'utf8'));
  if (tenants === undefined) throw new Error('is not JSON');
  return checkTenants(parseTenants(tenants));
}

interface BannerOptions {
  /** Whether the tenants are the demo ones, whose secrets are random and printed; configured secrets are never printed. */
  readonly demo: boolean;
  readonly quirks: boolean;
}

/** The text that `stagedoor sandbox` prints. */
export function banner({ url, tenants }: Pick<Sandbox, 'url' | 'tenants'>, { demo, quirks }: BannerOptions): string {
  const blocks = tenants.map(({ name, clientId, clientSecret, hubs }) =>
    [
      `  ${name}`,
      `    client id      ${clientId}`,
      `    client secret  ${demo ? clientSecret : 'as given in SANDBOX_TENANTS'}`,
      ...hubs.map((hub) => `    hub            ${hub}`),
    ].join('\n'),
  );
  return `
Hubster sandbox at ${url} (quirks ${quirks ? 'on' : 'off'}), state in memory only.

Tenants${demo ? ', with secrets generated at this start' : ''}:
${blocks.join('\n')}

Point Stagedoor at it:
  HUBSTER_IDENTITY_URL=${url}
  HUBSTER_PORTAL_URL=${url}
and name the tenants above, with their client ids and secrets, in its TENANTS_FILE.

Faults: POST ${url}/sandbox/faults    Call log: GET ${url}/sandbox/journal
Ctrl-C stops it.
`;
}
