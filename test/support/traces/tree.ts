import type { CollectedSpan } from './otlp';

/** What a line shows beside the name of its span, as far as it has it. */
const SHOWN = [
  'stagedoor.cache.result',
  'db.operation.name',
  'stagedoor.attempt',
  'http.response.status_code',
  'error.type',
  'stagedoor.problem',
];

/** The spans of a trace as lines: each below its parent and indented, in the order in which they began. */
export function treeOf(spans: readonly CollectedSpan[], traceId: string): string {
  const ofTrace = spans.filter((span) => span.traceId === traceId).sort(byStart);
  const linesBelow = (parent: CollectedSpan | undefined, indent: string): readonly string[] =>
    ofTrace
      .filter((span) => (parent ? span.parentId === parent.spanId : !ofTrace.some(isParentOf(span))))
      .flatMap((span) => [indent + lineOf(span), ...linesBelow(span, `${indent}  `)]);
  return linesBelow(undefined, '').join('\n');
}

function byStart(a: CollectedSpan, b: CollectedSpan): number {
  return Number(a.startNanos - b.startNanos);
}

const isParentOf =
  ({ parentId }: CollectedSpan) =>
  ({ spanId }: CollectedSpan): boolean =>
    spanId === parentId;

function lineOf({ name, facts }: CollectedSpan): string {
  return [name, ...SHOWN.filter((fact) => fact in facts).map((fact) => `${fact}=${facts[fact]}`)].join('  ');
}
