import { bytesOf, messagesOf, numberOf, readMessage, textOfField } from './protobuf';

type Facts = Readonly<Record<string, string | number | boolean>>;

/** A span as the collector has received it. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a span without a parent. */
  readonly parentId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly facts: Facts;
  readonly hasFailed: boolean;
  readonly resource: Facts;
}

type Message = ReturnType<typeof readMessage>;

const KINDS = { 1: 'internal', 2: 'server', 3: 'client' } as const;
const ERROR = 2;

/** The spans of an ExportTraceServiceRequest (opentelemetry-proto) in Protocol Buffers. */
export function spansInProtobuf(bytes: Buffer): readonly CollectedSpan[] {
  return messagesOf(readMessage(bytes), 1).flatMap((ofResource) => {
    const resource = factsIn(messagesOf(ofResource, 1)[0] ?? new Map(), 1);
    const spans = messagesOf(ofResource, 2).flatMap((scope) => messagesOf(scope, 2));
    return spans.map((span) => ({
      traceId: bytesOf(span, 1)[0]?.toString('hex') ?? '',
      spanId: bytesOf(span, 2)[0]?.toString('hex') ?? '',
      traceState: textOfField(span, 3),
      parentId: bytesOf(span, 4)[0]?.toString('hex') ?? '',
      name: textOfField(span, 5),
      kind: kindOf(Number(numberOf(span, 6))),
      startNanos: numberOf(span, 7),
      endNanos: numberOf(span, 8),
      facts: factsIn(span, 9),
      hasFailed: messagesOf(span, 15).some((status) => Number(numberOf(status, 3)) === ERROR),
      resource,
    }));
  });
}

function factsIn(message: Message, field: number): Facts {
  return Object.fromEntries(
    messagesOf(message, field).map((pair) => [textOfField(pair, 1), valueIn(messagesOf(pair, 2)[0] ?? new Map())]),
  );
}

function valueIn(value: Message): string | number | boolean {
  if (value.has(2)) return numberOf(value, 2) === 1n;
  return value.has(3) ? Number(numberOf(value, 3)) : textOfField(value, 1);
}

interface JsonValueOfFact {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number | string;
}

interface JsonFact {
  readonly key: string;
  readonly value: JsonValueOfFact;
}

interface JsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly JsonFact[];
  readonly status?: { readonly code?: number };
}

interface JsonRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly JsonFact[] };
    readonly scopeSpans: readonly { readonly spans: readonly JsonSpan[] }[];
  }[];
}

/** The same in JSON. */
export function spansInJson(text: string): readonly CollectedSpan[] {
  const { resourceSpans }: JsonRequest = JSON.parse(text);
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentId: span.parentSpanId ?? '',
        traceState: span.traceState ?? '',
        name: span.name,
        kind: kindOf(span.kind),
        startNanos: BigInt(span.startTimeUnixNano),
        endNanos: BigInt(span.endTimeUnixNano),
        facts: jsonFacts(span.attributes),
        hasFailed: span.status?.code === ERROR,
        resource: jsonFacts(resource.attributes),
      })),
  );
}

function jsonFacts(facts: readonly JsonFact[] = []): Facts {
  return Object.fromEntries(
    facts.map(({ key, value: { stringValue, boolValue, intValue } }) => [
      key,
      stringValue ?? boolValue ?? Number(intValue),
    ]),
  );
}

function kindOf(number: number): CollectedSpan['kind'] {
  const kind = KINDS[number as keyof typeof KINDS];
  if (!kind) throw new Error(`the kind ${number} of a span is not known`);
  return kind;
}
