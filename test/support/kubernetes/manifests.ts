import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ConfigMap, Namespace, PersistentVolumeClaim, Service } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { ROOT } from '../repository';
import type { PrometheusRule, Route, ServiceMonitor } from './custom-resources';

const MANIFESTS = join(ROOT, 'docker/kubernetes');

/** What can be applied, as paths from `docker/kubernetes`. */
export const OVERLAYS = ['overlays/replicas', 'overlays/openshift', 'overlays/one-replica'] as const;

interface Kinds {
  ConfigMap: ConfigMap;
  Deployment: Deployment;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  Namespace: Namespace;
  NetworkPolicy: NetworkPolicy;
  PersistentVolumeClaim: PersistentVolumeClaim;
  PodDisruptionBudget: PodDisruptionBudget;
  PrometheusRule: PrometheusRule;
  Route: Route;
  Service: Service;
  ServiceMonitor: ServiceMonitor;
}

export type Manifest = Kinds[keyof Kinds];

/** The resources that `kubectl kustomize` makes of a folder of `docker/kubernetes`. */
export function render(folder: string): readonly Manifest[] {
  const temporary = mkdtempSync(join(tmpdir(), 'stagedoor-kubernetes-'));
  try {
    cpSync(MANIFESTS, temporary, { recursive: true });
    if (hasOldKustomize()) for (const file of kustomizationsIn(temporary)) writeInOldForm(file);
    const text = execFileSync('kubectl', ['kustomize', join(temporary, folder)], { encoding: 'utf8' });
    return parseAllDocuments(text).map((document): Manifest => document.toJS());
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

export function all<K extends keyof Kinds>(kind: K, manifests: readonly Manifest[]): readonly Kinds[K][] {
  return manifests.filter((manifest): manifest is Kinds[K] => manifest.kind === kind);
}

/** The resource of a kind that is there once. */
export function the<K extends keyof Kinds>(kind: K, manifests: readonly Manifest[]): Kinds[K] {
  const [found, ...others] = all(kind, manifests);
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} of ${kind}, in place of one`);
  return found;
}

/** The only container of a Deployment. */
export function containerOf(deployment: Deployment) {
  const [container, ...others] = deployment.spec?.template.spec?.containers ?? [];
  if (!container || others.length > 0) throw new Error('not one container');
  return container;
}

/** Whether kubectl has Kustomize 2.0.3, as that of Debian 12 does (1.20). */
function hasOldKustomize(): boolean {
  const text = execFileSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const { clientVersion }: { clientVersion: { major: string; minor: string } } = JSON.parse(text);
  return clientVersion.major === '1' && Number.parseInt(clientVersion.minor, 10) < 21;
}

const kustomizationsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('kustomization.yaml'))
    .map((file) => join(folder, file));

/** Kustomize 2.0.3 has folders and patches under names that are deprecated today. */
function writeInOldForm(file: string): void {
  const { resources, patches = [], ...rest }: Kustomization = parse(readFileSync(file, 'utf8'));
  const isFile = (resource: string) => resource.endsWith('.yaml');
  const old = {
    ...rest,
    bases: resources.filter((resource) => !isFile(resource)),
    resources: resources.filter(isFile),
    patchesStrategicMerge: patches.map(({ path }) => path),
  };
  writeFileSync(file, stringify(old));
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
}
