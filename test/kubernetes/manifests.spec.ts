import type { NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import { parse } from 'yaml';
import { CONFIG_VARIABLES } from '../../src/config/environment/variables';
import { all, containerOf, type Manifest, OVERLAYS, render, the } from '../support/kubernetes/manifests';
import { filesOfRepository, textOf } from '../support/repository';

const {
  prometheusRuleOf,
}: { prometheusRuleOf: (rules: string) => string } = require('../support/kubernetes/prometheus-rule.cjs');

const RENDERED = new Map<string, readonly Manifest[]>(
  [...OVERLAYS, 'monitoring', 'example'].map((folder) => [folder, render(folder)]),
);
const rendered = (folder: string): readonly Manifest[] => RENDERED.get(folder) ?? [];

const podOf = (folder: string) => the('Deployment', rendered(folder)).spec?.template;
const containerIn = (folder: string) => containerOf(the('Deployment', rendered(folder)));

/** What a policy lets through, one line each: direction, protocol, port, and the other end. */
function allowedBy(folder: string): readonly string[] {
  const line = (
    direction: string,
    ports: readonly NetworkPolicyPort[] = [],
    peers: readonly NetworkPolicyPeer[] = [],
  ) =>
    ports.map(
      ({ protocol, port }) => `${direction} ${protocol} ${port} ${peers.map(peerOf).join(' or ') || 'anybody'}`,
    );
  return all('NetworkPolicy', rendered(folder)).flatMap(({ spec }) => [
    ...(spec?.ingress ?? []).flatMap(({ ports, from }) => line('in', ports, from)),
    ...(spec?.egress ?? []).flatMap(({ ports, to }) => line('out', ports, to)),
  ]);
}

function peerOf({ namespaceSelector, podSelector }: NetworkPolicyPeer): string {
  const labels = { ...namespaceSelector?.matchLabels, ...podSelector?.matchLabels };
  return Object.values(labels).join('/');
}

const EVERYWHERE = [
  'in TCP http anybody',
  'in TCP management monitoring',
  'out UDP 53 kube-system/kube-dns',
  'out TCP 53 kube-system/kube-dns',
  'out TCP 443 anybody',
];
const STORES = ['out TCP 6379 anybody', 'out TCP 5432 anybody'];
const PLATFORM = [
  'in TCP management openshift-user-workload-monitoring',
  'out UDP 5353 openshift-dns',
  'out TCP 5353 openshift-dns',
];

describe.each(OVERLAYS)('docker/kubernetes/%s', (folder) => {
  it('sets only variables that Stagedoor has, each once, and no secret [S-841]', () => {
    const names = (containerIn(folder).env ?? []).map(({ name }) => name);
    const declared = new Map(Object.entries(CONFIG_VARIABLES));
    expect(names.filter((name) => !declared.has(name.replace(/_FILE$/, '')) && !declared.has(name))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => declared.get(name)?.type.secret)).toEqual([]);
    expect(rendered(folder).map(({ kind }) => kind)).not.toContain('Secret');
  });

  it('gives its pod no more than the profile "restricted" of Kubernetes allows, and a root that is not written [S-841]', () => {
    expect(podOf(folder)?.spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(containerIn(folder)).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { memory: '512Mi' } },
    });
    const kinds = (podOf(folder)?.spec?.volumes ?? []).map((volume) =>
      Object.keys(volume).find((key) => key !== 'name'),
    );
    const restricted = ['configMap', 'emptyDir', 'persistentVolumeClaim', 'secret'];
    expect(kinds.filter((kind) => !restricted.includes(`${kind}`))).toEqual([]);
  });

  it('mounts every folder that a variable names, and writes to no other than the trail and /tmp [S-841]', () => {
    const { env = [], volumeMounts = [] } = containerIn(folder);
    const paths = env.flatMap(({ value = '' }) => (value.startsWith('/') ? [value] : []));
    const isMounted = (path: string) => volumeMounts.some(({ mountPath }) => `${path}/`.startsWith(`${mountPath}/`));
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !isMounted(path))).toEqual([]);
    const written = volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath);
    expect(written.sort()).toEqual(['/tmp', env.find(({ name }) => name === 'AUDIT_DIR')?.value]);
    const volumes = (podOf(folder)?.spec?.volumes ?? []).map(({ name }) => name);
    expect(volumes.sort()).toEqual(volumeMounts.map(({ name }) => name).sort());
  });

  it('has one port for callers and one for health and metrics, by the same names everywhere [S-841]', () => {
    const { env = [], ports = [], startupProbe, readinessProbe, livenessProbe } = containerIn(folder);
    const variable = (wanted: string) => Number(env.find(({ name }) => name === wanted)?.value);
    expect(ports).toEqual([
      { name: 'http', containerPort: variable('PORT') },
      { name: 'management', containerPort: variable('MANAGEMENT_PORT') },
    ]);
    const { spec } = the('Service', rendered(folder));
    expect(spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(ports.map(({ name }) => name));
    expect(spec?.selector).toEqual(podOf(folder)?.metadata?.labels);
    for (const probe of [startupProbe, readinessProbe, livenessProbe]) expect(probe?.httpGet?.port).toBe('management');
  });

  it('lets through nothing but callers, scrapes, DNS, 443 and its own Redis and database [S-842]', () => {
    const expected = {
      'overlays/replicas': [...EVERYWHERE, ...STORES],
      'overlays/openshift': [...EVERYWHERE, ...PLATFORM, ...STORES],
      'overlays/one-replica': EVERYWHERE,
    };
    expect([...allowedBy(folder)].sort()).toEqual([...expected[folder]].sort());
    for (const { spec } of all('NetworkPolicy', rendered(folder)))
      expect(spec?.podSelector.matchLabels).toEqual(podOf(folder)?.metadata?.labels);
    const base = all('NetworkPolicy', rendered(folder)).find(({ metadata }) => metadata?.name === 'stagedoor');
    expect(base?.spec?.policyTypes).toEqual(['Ingress', 'Egress']);
  });
});

describe('docker/kubernetes', () => {
  it('replaces and drains pods without a moment below the others, with several replicas [S-841]', () => {
    for (const folder of ['overlays/replicas', 'overlays/openshift']) {
      const { spec } = the('Deployment', rendered(folder));
      expect(spec?.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      expect(spec?.replicas).toBeUndefined();
      expect(the('HorizontalPodAutoscaler', rendered(folder)).spec).toMatchObject({
        scaleTargetRef: { kind: 'Deployment', name: 'stagedoor' },
        minReplicas: 3,
      });
      const { spec: budget } = the('PodDisruptionBudget', rendered(folder));
      expect(budget).toMatchObject({ maxUnavailable: 1, selector: spec?.selector });
      const spread = spec?.template.spec?.topologySpreadConstraints ?? [];
      expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
        'topology.kubernetes.io/zone',
        'kubernetes.io/hostname',
      ]);
    }
  });

  it('never has two processes at the files of one replica, which survive it [S-841]', () => {
    const folder = 'overlays/one-replica';
    expect(the('Deployment', rendered(folder)).spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(all('HorizontalPodAutoscaler', rendered(folder))).toEqual([]);
    const claim = the('PersistentVolumeClaim', rendered(folder)).metadata?.name;
    expect(podOf(folder)?.spec?.volumes).toContainEqual({
      name: 'audit',
      persistentVolumeClaim: { claimName: claim },
    });
  });

  it('leaves the user to OpenShift, and sets one elsewhere [S-841]', () => {
    expect(podOf('overlays/openshift')?.spec?.securityContext).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(podOf('overlays/replicas')?.spec?.securityContext).toMatchObject({ runAsUser: 1000, fsGroup: 1000 });
    expect(containerIn('overlays/openshift')).toEqual(containerIn('overlays/replicas'));
    expect(the('Route', rendered('overlays/openshift')).spec).toMatchObject({
      to: { kind: 'Service', name: 'stagedoor' },
      port: { targetPort: 'http' },
    });
  });

  it('scrapes the management port under the job that the rules name [S-841]', () => {
    const { spec } = the('ServiceMonitor', rendered('monitoring'));
    const { metadata, spec: service } = the('Service', rendered('overlays/replicas'));
    expect(spec.selector.matchLabels).toEqual(metadata?.labels);
    expect(service?.ports?.map(({ name }) => name)).toContain(spec.endpoints[0]?.port);
    expect(metadata?.labels?.[spec.jobLabel ?? '']).toBe('stagedoor');
  });

  it('has the rules of docker/prometheus/rules.yaml, word for word [S-841]', () => {
    const rules = textOf('docker/prometheus/rules.yaml');
    expect(textOf('docker/kubernetes/monitoring/prometheus-rule.yaml')).toBe(prometheusRuleOf(rules));
    expect(the('PrometheusRule', rendered('monitoring')).spec).toEqual(parse(rules));
  });

  it('has an example that runs in a restricted namespace, with a tenants file and the image of a registry', () => {
    const manifests = rendered('example');
    const [namespace] = all('Namespace', manifests);
    expect(namespace?.metadata?.labels).toEqual({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const others = manifests.filter(({ kind }) => kind !== 'Namespace');
    expect(others.filter(({ metadata }) => metadata?.namespace !== namespace?.metadata?.name)).toEqual([]);
    expect(the('ConfigMap', manifests)).toMatchObject({
      metadata: { name: 'stagedoor-tenants' },
      data: { 'tenants.yaml': textOf('docker/kubernetes/example/tenants.yaml') },
    });
    expect(containerIn('example').image).toMatch(/^registry\.example\.com\/stagedoor:/);
  });

  it('names no registry, host or secret of somebody', () => {
    const files = filesOfRepository().filter((file) => file.startsWith('docker/kubernetes/'));
    expect(files.length).toBeGreaterThan(15);
    const hosts = files.flatMap((file) => [...textOf(file).matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host));
    expect([...new Set(hosts)].filter((host) => !/^(HOST|\w+(-\w+)?\.hubster\.io)$/.test(host ?? ''))).toEqual([]);
  });
});
