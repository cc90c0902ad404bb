import { Secret } from '../../secrets/secret';
import { type Environment, valueInEnvironment, valueInFile } from '../environment/environment';
import type { ReadFile } from '../environment/read-file';
import { Unique } from '../yaml/unique';
import type { YamlLocation } from '../yaml/yaml-location';
import { parseLimits } from './parse-limits';
import { TENANT_ID, type TenantConfig } from './tenants-config';

/** Hubster's ids are any 8-4-4-4-12 GUID (S-009). */
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const FILE = 'the path of a file with the secret: readable, UTF-8, of at most 64 KiB';

interface SecretSources {
  readonly env: Environment;
  readonly readFile: ReadFile;
}

export function parseTenant(location: YamlLocation, ids: Unique, sources: SecretSources): TenantConfig {
  const field = location.fields(['id', 'hubster', 'hubs', 'limits']);
  const hubster = field('hubster').fields(['clientId', 'clientSecret']);
  const hubs = field('hubs');
  const limits = field('limits');
  return {
    id: ids.add(field('id').text('an id of 1 to 63 characters of a-z, 0-9 and -', TENANT_ID), field('id')),
    hubster: {
      clientId: hubster('clientId').text('a client id', /^\S+$/),
      clientSecret: parseSecret(hubster('clientSecret'), sources),
    },
    ...(hubs.isPresent && { hubs: parseHubs(hubs) }),
    ...(limits.isPresent && { limits: parseLimits(limits) }),
  };
}

/** An empty list is invalid, as it could be read as "any hub" or as "no hub". */
function parseHubs(location: YamlLocation): ReadonlySet<string> {
  const unique = new Unique('each hub once');
  for (const hub of location.items('a list of one or more hub ids', 1)) {
    unique.add(
      hub.parsed('a GUID', (text) => (GUID.test(text) ? text.toLowerCase() : undefined), ''),
      hub,
    );
  }
  return unique.values;
}

/** Never in the file itself, so that the file can be reviewed and committed. */
function parseSecret(location: YamlLocation, { env, readFile }: SecretSources): Secret {
  const field = location.fields(['env', 'file'], { redactKeys: true });
  const [variable, file] = [field('env'), field('file')];
  if (variable.isPresent === file.isPresent) variable.violation('either env or file');
  const valueIn = (name: string) => valueInEnvironment(env, name);
  if (variable.isPresent) return Secret.of(variable.parsed('the name of a variable that is set', valueIn, ''));
  if (file.isPresent) return Secret.of(file.parsed(FILE, (path) => valueInFile(readFile, path), ''));
  return Secret.of('');
}
