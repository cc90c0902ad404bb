import { randomBytes } from 'node:crypto';
import { BadFields, Fields, readGuid, readText, readTexts } from './json';

/** A customer of Hubster: its API client and its hubs. */
export interface SandboxTenant {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** GUIDs. Two tenants may have the same one; their data is separate. */
  readonly hubs: readonly string[];
}

/** `acme` and `globex` with two hubs each; their credentials are random at each start. */
export function demoTenants(): readonly SandboxTenant[] {
  return [
    demoTenant('acme', ['3bc1e69f-c520-446f-ab2c-01751fd66a31', '3bc1e69f-c520-446f-ab2c-01751fd66a32']),
    demoTenant('globex', ['7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01', '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a02']),
  ];
}

function demoTenant(name: string, hubs: readonly string[]): SandboxTenant {
  return {
    name,
    clientId: `hubster.portal.api.${randomBytes(16).toString('hex')}`,
    clientSecret: randomBytes(32).toString('base64url'),
    hubs,
  };
}

/** Throws `BadFields`, with the path of the field and without its value. */
export function parseTenants(value: unknown): readonly SandboxTenant[] {
  if (!Array.isArray(value)) throw new BadFields('tenants must be an array');
  return value.map((entry: unknown, index) => {
    const fields = new Fields(entry, `tenants[${index}]`);
    const tenant = {
      name: fields.required('name', readText),
      clientId: fields.required('clientId', readText),
      clientSecret: fields.required('clientSecret', readText),
      hubs: fields.required('hubs', readTexts),
    };
    fields.end();
    return tenant;
  });
}

/** Returns the tenants with lower-cased hub ids. Throws if a name or client id is not unique or a hub id is not a GUID. */
export function checkTenants(tenants: readonly SandboxTenant[]): readonly SandboxTenant[] {
  for (const key of ['name', 'clientId'] as const) {
    if (new Set(tenants.map((tenant) => tenant[key])).size < tenants.length) {
      throw new TypeError(`Two tenants share a ${key}`);
    }
  }
  return tenants.map((tenant) => ({
    ...tenant,
    hubs: tenant.hubs.map((hub) => {
      const guid = readGuid(hub);
      if (guid === undefined) throw new TypeError(`Tenant '${tenant.name}' has a hub id that is not a GUID`);
      return guid;
    }),
  }));
}
