import { join, resolve } from 'node:path';
import type { Config } from '../config/config';
import type { Demo } from '../config/demo';

/** The commands of npm run there. */
const PACKAGE = join(__dirname, '..', '..');

/** An integration that every demo starts with. */
const EXAMPLE = '00000000-0000-4000-8000-000000000003';

interface StartupBanner {
  readonly url: string;
  /** The address of health and metrics, if they have a port of their own. */
  readonly managementUrl?: string | undefined;
  readonly config: Config;
  readonly demo?: Demo | undefined;
}

/**
 * The text that a person sees at the start. In a demo it includes the API keys, which are valid for the embedded sandbox only and shown by
 * design (N1).
 */
export function startupBanner({ url, managementUrl, config, demo }: StartupBanner): string {
  const management = managementUrl === undefined ? '' : `Health and metrics are on ${managementUrl}\n`;
  if (!demo) return config.log.format === 'pretty' ? `Stagedoor listens on ${url}\n${management}` : '';
  const [first] = demo.keys;
  return `
Stagedoor listens on ${url} with a sandbox for Hubster inside: a demo, nothing leaves this machine.

${rows([
  ['Start page', `${url}/`],
  ...(config.http.docs ? [['Swagger UI', `${url}/docs`]] : []),
  ['OpenAPI', `${url}/openapi.json`],
  ...(managementUrl === undefined ? [] : [['Metrics', `${managementUrl}/metrics`]]),
])}

API keys${config.secretKeySource?.kind === 'random' ? ' until the next start, as data/ cannot be written' : ''}:
${rows(demo.keys.map(({ caller, key, role }) => [caller, key.reveal(), role]))}

Hubs:
${rows(Object.entries(demo.hubs).map(([tenant, [hub = '']]) => [tenant, hub]))}

Try it:
  curl -H 'X-API-Key: ${first?.key.reveal() ?? ''}' ${url}/api/v1/integrations/${EXAMPLE}
${verification(config)}
Ctrl-C stops it.

`;
}

/** Cells in columns, two spaces apart. */
function rows(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}

/** The command that verifies the trail, if it is in files and the key of this start is known later. */
function verification({ audit, secretKeySource: source }: Config): string {
  if (audit.store !== 'file' || source === undefined || source.kind === 'random') return '';
  const variables = source.kind === 'file' ? `SECRET_KEY_FILE=${shellPath(source.path)} ` : '';
  const checkpoints =
    audit.checkpointsDir === join(audit.dir, 'checkpoints')
      ? ''
      : `AUDIT_CHECKPOINTS=${shellPath(audit.checkpointsDir)} `;
  const title = `Verify the audit trail after the stop${source.kind === 'file' ? '' : ', with this SECRET_KEY'}:`;
  return `\n${title}\n  ${variables}${checkpoints}npm run audit:verify -- ${shellPath(audit.dir)}\n`;
}

/** The path for a shell in the directory of the package. */
function shellPath(path: string): string {
  const shown = process.cwd() === PACKAGE ? path : resolve(path);
  return /^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
