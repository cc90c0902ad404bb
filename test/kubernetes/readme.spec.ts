import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from 'kubernetes-types/core/v1';
import { blocksOf } from '../support/documents/blocks';
import { all, containerOf, render, the } from '../support/kubernetes/manifests';
import { rowsOfTable, textOf } from '../support/repository';

const README = 'docker/kubernetes/README.md';
const COMMANDS = blocksOf(README).flatMap(({ text }) => text.trim().split('\n'));

const manifests = render('overlays/replicas');

/** The Secrets that the commands of the README create, by name. */
function createdSecrets(): ReadonlyMap<string | undefined, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stagedoor-secrets-'));
  try {
    const secrets = COMMANDS.filter((command) => command.includes('create secret')).map((command): Secret => {
      for (const [, file = ''] of command.matchAll(/--from-file=([\w-]+)/g)) writeFileSync(join(folder, file), 'x');
      const [program = '', ...args] = command.split(' ');
      const text = execFileSync(program, [...args, '--dry-run=client', '-o', 'json'], {
        cwd: folder,
        encoding: 'utf8',
      });
      return JSON.parse(text);
    });
    return new Map(secrets.map(({ metadata, data }) => [metadata?.name, Object.keys(data ?? {}).sort()]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe(README, () => {
  it('creates the Secrets that the manifests mount, with each file that they name [S-841]', () => {
    const deployment = the('Deployment', manifests);
    const { env = [], volumeMounts = [] } = containerOf(deployment);
    const named = [
      ...env.map(({ value = '' }) => value),
      ...textOf('docker/kubernetes/example/tenants.yaml').split(/[\s{}]+/),
    ];
    const wanted = (deployment.spec?.template.spec?.volumes ?? []).flatMap(({ name, secret }) => {
      if (!secret) return [];
      const folder = `${volumeMounts.find((mount) => mount.name === name)?.mountPath}/`;
      const files = named.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
      return [[secret.secretName, files.sort()] as const];
    });
    expect(wanted.length).toBe(2);
    expect(createdSecrets()).toEqual(new Map(wanted));
  });

  it('names policies, a Deployment and folders that exist', () => {
    const policies = all('NetworkPolicy', manifests).map(({ metadata }) => metadata?.name);
    const named = [...textOf(README).matchAll(/NetworkPolicy `([\w-]+)`/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(policies));
    expect(COMMANDS).toContain(
      `kubectl --namespace stagedoor rollout status deployment/${the('Deployment', manifests).metadata?.name}`,
    );
    const folders = rowsOfTable(textOf(README), 'folder').map(([folder = '']) => folder.replaceAll('`', ''));
    expect(folders.length).toBeGreaterThan(4);
    for (const folder of folders) expect(render(folder)).not.toEqual([]);
  });
});
