import type { Sandbox } from './sandbox';

interface BannerOptions {
  /** Whether the tenants are the demo ones, whose secrets are random and printed; configured secrets are never printed. */
  readonly demo: boolean;
  readonly quirks: boolean;
}

/** The text that `npm run sandbox` prints. */
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
