import { type Manifest, OVERLAYS, render } from '../support/kubernetes/manifests';
import { typeErrorsOf } from '../support/kubernetes/type-check';

type Path = readonly (string | number)[];

/** A fault of each kind of resource, as a slip of the hand makes it. */
const FAULTS: readonly (readonly [kind: string, path: Path, value: unknown])[] = [
  ['Deployment', ['spec', 'replica'], 2],
  ['Deployment', ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'], '35'],
  ['Deployment', ['spec', 'template', 'spec', 'containers', 0, 'readynessProbe'], {}],
  ['Deployment', ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'httpGet', 'ports'], 9090],
  ['Deployment', ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'valueFrom'], 'a secret'],
  ['Deployment', ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'capabilities', 'drop'], 'ALL'],
  ['Deployment', ['spec', 'template', 'spec', 'volumes', 0, 'emptydir'], {}],
  ['Service', ['spec', 'ports', 0, 'port'], '80'],
  ['PodDisruptionBudget', ['spec', 'maxUnavailble'], 1],
  ['HorizontalPodAutoscaler', ['spec', 'metrics', 0, 'resource', 'target', 'averageUtilisation'], 60],
  ['NetworkPolicy', ['spec', 'egress', 0, 'port'], []],
  ['PersistentVolumeClaim', ['spec', 'resources', 'request'], {}],
  ['ConfigMap', ['data'], ['tenants.yaml']],
  ['ServiceMonitor', ['spec', 'endpoints', 0, 'interval'], 15],
  ['PrometheusRule', ['spec', 'groups', 0, 'rules', 0, 'exp'], 'up'],
  ['Route', ['spec', 'tls', 'termination'], 'Edge'],
];

/** A copy of the value with another one at the path. */
function withValue(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  const copy: Record<string | number, unknown> = Object.assign(Array.isArray(value) ? [] : {}, value);
  copy[key] = withValue(copy[key], rest, replacement);
  return copy;
}

describe('the manifests of Kubernetes', () => {
  const rendered = [...OVERLAYS, 'example'].flatMap((folder) =>
    render(folder).map((manifest) => ({ folder, manifest })),
  );

  it('have no key that their kinds do not have, and no value of another type [S-840]', () => {
    const errors = typeErrorsOf(rendered.map(({ manifest }) => manifest));
    const wrong = rendered.flatMap(({ folder, manifest: { kind } }, index) =>
      (errors[index] ?? []).map((error) => `${folder} ${kind}: ${error}`),
    );
    expect(wrong).toEqual([]);
    expect(new Set(rendered.map(({ manifest: { kind } }) => kind)).size).toBe(11);
  });

  it('would have an error for each of these faults [S-840]', () => {
    const planted = FAULTS.map(([kind, path, value]) => {
      const found: Manifest | undefined = rendered.find(({ manifest }) => manifest.kind === kind)?.manifest;
      return withValue(found, path, value);
    });
    const errors = typeErrorsOf(planted);
    expect(FAULTS.filter((_, index) => errors[index]?.length === 0)).toEqual([]);
  });
});
