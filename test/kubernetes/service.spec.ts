import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Probe } from 'kubernetes-types/core/v1';
import { containerOf, render, the } from '../support/kubernetes/manifests';
import { freePort } from '../support/ports';
import { PostgresServer } from '../support/postgres-server';
import { RedisServer } from '../support/redis-server';
import { textOf } from '../support/repository';
import { startProcess } from '../support/service-process';

/** The built service with the environment of each Deployment. Its files are in a temporary folder in place of the volumes. */
describe('the service with the environment of a Deployment', () => {
  let redis: RedisServer;
  let postgres: PostgresServer;
  let volumes: string;

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([RedisServer.start(), PostgresServer.start()]);
    volumes = await mkdtemp(join(tmpdir(), 'stagedoor-volumes-'));
  }, 60_000);
  afterAll(async () => {
    await Promise.all([redis.close(), postgres.close()]);
    await rm(volumes, { recursive: true });
  });

  /** What the reader of the README puts into the Secrets and the ConfigMap, by the path in the container. */
  const filesOfReader = async (): Promise<Readonly<Record<string, string>>> => ({
    '/etc/stagedoor/tenants.yaml': textOf('docker/kubernetes/example/tenants.yaml'),
    '/run/secrets/stagedoor/secret-key': randomBytes(48).toString('base64'),
    '/run/secrets/stagedoor/redis-url': redis.url,
    '/run/secrets/stagedoor/audit-database-url': await postgres.createDatabase(),
    '/run/secrets/hubster/acme': randomBytes(24).toString('base64'),
  });

  // That of OpenShift has the same container as overlays/replicas.
  it.each(['overlays/replicas', 'overlays/one-replica'])(
    'of %s is ready, serves the probes on the management port only, and stops within the grace period [S-841]',
    async (folder) => {
      const deployment = the('Deployment', render(folder));
      const {
        env = [],
        volumeMounts = [],
        startupProbe,
        readinessProbe,
        livenessProbe,
        lifecycle,
      } = containerOf(deployment);
      const root = await mkdtemp(join(volumes, 'root-'));
      const mounted = new RegExp(volumeMounts.map(({ mountPath }) => mountPath).join('|'), 'g');
      const inRoot = (text: string) => text.replaceAll(mounted, (path) => join(root, path));
      for (const [path, text] of Object.entries(await filesOfReader())) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), inRoot(text));
      }
      const set = Object.fromEntries(env.map(({ name, value = '' }) => [name, inRoot(value)]));
      const TMPDIR = inRoot('/tmp');
      await mkdir(TMPDIR);
      const [PORT, MANAGEMENT_PORT] = [`${await freePort()}`, `${await freePort()}`];
      const started = await startProcess(
        'dist/main.js',
        { ...set, HOST: '127.0.0.1', PORT, MANAGEMENT_PORT, TMPDIR },
        { learnsFromHubster: false },
      );
      const statusOf = async (port: string, probe: Probe | undefined) =>
        (await fetch(`http://127.0.0.1:${port}${probe?.httpGet?.path}`)).status;

      const url = await started.listens();
      expect(url).toBe(`http://127.0.0.1:${PORT}`);
      while ((await statusOf(MANAGEMENT_PORT, readinessProbe)) !== 200) await new Promise(setImmediate);
      for (const probe of [startupProbe, livenessProbe]) expect(await statusOf(MANAGEMENT_PORT, probe)).toBe(200);
      for (const probe of [startupProbe, readinessProbe, livenessProbe]) expect(await statusOf(PORT, probe)).toBe(404);

      started.process.kill('SIGTERM');
      const [, allMs] = await started.prints(/"server\.stopping".*"allMs":(\d+)/);
      const { terminationGracePeriodSeconds = 0 } = deployment.spec?.template.spec ?? {};
      const preStopSeconds = lifecycle?.preStop?.sleep?.seconds ?? 0;
      expect(preStopSeconds).toBeGreaterThan(0);
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopSeconds + Number(allMs) / 1000);
      expect(await statusOf(MANAGEMENT_PORT, readinessProbe)).toBe(503);
      // A second signal ends it without the delay.
      started.process.kill('SIGTERM');
      await started.ended();
      // Its root is read-only: it wrote to mounted folders, and to none beside.
      expect(await readdir(started.directory)).toEqual([]);
    },
    60_000,
  );
});
