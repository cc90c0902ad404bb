import { ConfigError } from '../config';
import { readConfig } from './read-config';
import type { Environment } from './variable-reader';
import { CONFIG_VARIABLES } from './variables';

const SECRET_KEY = 'k'.repeat(32);
const SERVICE: Environment = {
  HUBSTER_PORTAL_URL: 'https://portal.example.com',
  HUBSTER_IDENTITY_URL: 'https://identity.example.com',
  TENANTS_FILE: '/etc/tenants.yaml',
  SECRET_KEY,
};

describe('readConfig: variables of Kubernetes for services', () => {
  it.each(['tcp://10.0.0.1:80', 'udp://10.0.0.1:80', 'tcp://[fd00::1]:80'])('ignores %s as a port', (link) => {
    const config = read({ SANDBOX_PORT: link, MANAGEMENT_PORT: link });
    expect(config.sandbox?.port).toBe(3001);
    expect(config.http).not.toHaveProperty('managementPort');
  });

  it('has only names with _PORT in common with them', () => {
    const setByKubernetes = /^.+_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;
    const names = Object.keys(CONFIG_VARIABLES).flatMap((name) => [name, `${name}_FILE`]);
    expect(names.filter((name) => setByKubernetes.test(name))).toEqual(['MANAGEMENT_PORT', 'SANDBOX_PORT']);
  });

  it('ignores the variables of the sandbox outside the demo', () => {
    const wrong = { SANDBOX_HOST: 'a b', SANDBOX_PORT: 'none', SANDBOX_QUIRKS: 'maybe' };
    expect(violationsOf({ ...SERVICE, ...wrong })).toEqual([]);
    expect(read({ ...SERVICE, ...wrong })).not.toHaveProperty('sandbox');
    expect(violationsOf(wrong)).toEqual(Object.keys(wrong));
  });
});

describe('readConfig: settings of Node', () => {
  const unsafe = (env: Environment, execArgv: readonly string[] = []) => violationsOf({ ...SERVICE, ...env }, execArgv);
  const production = { NODE_ENV: 'production' };

  it.each<[string, Environment, string[], string]>([
    ['unchecked certificates', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, [], 'NODE_TLS_REJECT_UNAUTHORIZED'],
    ['an inspector', { NODE_OPTIONS: '--max-old-space-size=512 --inspect=0.0.0.0:9229' }, [], 'NODE_OPTIONS'],
    ['an inspector written with an underscore', { NODE_OPTIONS: '"--inspect_brk"' }, [], 'NODE_OPTIONS'],
    ['an inspector on the command line', {}, ['--inspect'], 'NODE_OPTIONS'],
    ['a log of TLS keys', { NODE_OPTIONS: '--tls-keylog=/tmp/keys' }, [], 'NODE_OPTIONS'],
    ['heap snapshots', { NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' }, [], 'NODE_OPTIONS'],
  ])('rejects %s in production only', (_what, env, execArgv, name) => {
    expect(unsafe({ ...env, ...production }, execArgv)).toEqual([name]);
    expect(unsafe(env, execArgv)).toEqual([]);
  });

  it('accepts safe settings', () => {
    expect(unsafe({ ...production, NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_OPTIONS: '--enable-source-maps' })).toEqual(
      [],
    );
  });
});

describe('readConfig: a byte order mark', () => {
  it('is removed from a value of the environment', () => {
    const config = readConfig({ SECRET_KEY: `\ufeff${SECRET_KEY}`, PORT: '\ufeff4000' }, { isTerminal: false });
    expect(config.secretKey.reveal()).toBe(SECRET_KEY);
    expect(config.http.port).toBe(4000);
    expect(read({ PORT: '\ufeff' }).http.port).toBe(3000);
  });
});

function read(env: Environment, execArgv: readonly string[] = []) {
  return readConfig(env, { isTerminal: false, execArgv });
}

function violationsOf(env: Environment, execArgv: readonly string[] = []): string[] {
  try {
    read(env, execArgv);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.violations.map(({ name }) => name);
    throw error;
  }
}
