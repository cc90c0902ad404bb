/** What the manifests use of kinds that are no part of Kubernetes, and so not of `kubernetes-types`. */
import type { LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';

type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`;

/** Of the Prometheus Operator. */
export interface ServiceMonitor {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'ServiceMonitor';
  metadata: ObjectMeta;
  spec: {
    jobLabel?: string;
    selector: LabelSelector;
    endpoints: { port: string; path?: string; interval?: Duration; scrapeTimeout?: Duration }[];
  };
}

interface Described {
  expr: string | number;
  labels?: Record<string, string>;
}

/** Of the Prometheus Operator. */
export interface PrometheusRule {
  apiVersion: 'monitoring.coreos.com/v1';
  kind: 'PrometheusRule';
  metadata: ObjectMeta;
  spec: {
    groups: {
      name: string;
      interval?: Duration;
      limit?: number;
      labels?: Record<string, string>;
      rules: (
        | (Described & { record: string })
        | (Described & {
            alert: string;
            for?: Duration;
            keep_firing_for?: Duration;
            annotations?: Record<string, string>;
          })
      )[];
    }[];
  };
}

/** Of OpenShift. */
export interface Route {
  apiVersion: 'route.openshift.io/v1';
  kind: 'Route';
  metadata: ObjectMeta;
  spec: {
    to: { kind: 'Service'; name: string; weight: number };
    port: { targetPort: string | number };
    tls: { termination: 'edge' | 'passthrough' | 'reencrypt'; insecureEdgeTerminationPolicy: 'None' | 'Redirect' };
  };
}
