import type { Sandbox } from './sandbox';

interface Circumstances {
  /** The tenants are the demo ones, whose secrets are random values of this start; given secrets are never printed. */
  readonly demo: boolean;
  readonly quirks: boolean;
}

/** What the sandbox says of itself when it is started alone. */
export function banner({ url, tenants }: Pick<Sandbox, 'url' | 'tenants'>, { demo, quirks }: Circumstances): string {
  const blocks = tenants.map(({ name, clientId, clientSecret, hubs }) =>
    [
      `  ${name}`,
      `    client id      ${clientId}`,
      `    client secret  ${demo ? clientSecret : 'as given in SANDBOX_TENANTS'}`,
      ...hubs.map((hub) => `    hub            ${hub}`),
    ].join('\n'),
  );
  return `
Hubster sandbox at ${url} (quirks ${quirks ? 'on' : 'off'}), everything in memory.

Tenants${demo ? ', with secrets made up for this start' : ''}:
${blocks.join('\n')}

Point Stagedoor at it:
  HUBSTER_IDENTITY_URL=${url}
  HUBSTER_PORTAL_URL=${url}
and name the tenants above, with their client ids and secrets, in its TENANTS_FILE.

Faults: POST ${url}/sandbox/faults    Calls seen: GET ${url}/sandbox/journal
Ctrl-C stops it.
`;
}
