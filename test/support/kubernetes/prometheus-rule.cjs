const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const DOCKER = join(__dirname, '../../../docker');
const RULES = join(DOCKER, 'prometheus/rules.yaml');
const PROMETHEUS_RULE = join(DOCKER, 'kubernetes/monitoring/prometheus-rule.yaml');

const HEAD = `# Written by \`npm run kubernetes:rules\` from docker/prometheus/rules.yaml. Change that file.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: stagedoor
  labels: { app.kubernetes.io/name: stagedoor }
spec:
`;

/** The rules of Prometheus as a resource of the Prometheus Operator, whose `spec` has the form of a file of rules. */
const prometheusRuleOf = (rules) => HEAD + rules.replaceAll(/^(?=.)/gm, '  ');

module.exports = { prometheusRuleOf };

if (require.main === module) writeFileSync(PROMETHEUS_RULE, prometheusRuleOf(readFileSync(RULES, 'utf8')));
