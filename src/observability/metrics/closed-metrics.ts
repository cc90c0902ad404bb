import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** All values that each label may have. */
type LabelSets = Readonly<Record<string, readonly string[]>>;

/** One value for each label. */
type LabelsOf<S extends LabelSets> = { readonly [N in keyof S]: S[N][number] };

interface ClosedMetric<S extends LabelSets> {
  readonly name: string;
  readonly help: string;
  readonly labels: S;
  readonly registers: Registry[];
  readonly collect?: () => void;
}

/**
 * A counter whose every series exists from the start with 0: of a series that appears with its first event Prometheus sees no increase,
 * and an alert on it would miss that event.
 */
export class ClosedCounter<S extends LabelSets> extends Counter<keyof S & string> {
  constructor({ labels, ...rest }: ClosedMetric<S>) {
    super({ ...rest, labelNames: Object.keys(labels) });
    for (const series of seriesOf(labels)) this.inc(series, 0);
  }

  count(labels: LabelsOf<S>, times = 1): void {
    this.inc(labels, times);
  }
}

/** A gauge whose every series exists from the start with 0. */
export class ClosedGauge<S extends LabelSets> extends Gauge<keyof S & string> {
  readonly #series: readonly LabelsOf<S>[];

  constructor({ labels, ...rest }: ClosedMetric<S>) {
    super({ ...rest, labelNames: Object.keys(labels) });
    this.#series = seriesOf(labels);
    this.setEach(() => 0);
  }

  /** Sets each series to what `value` returns for its labels. */
  setEach(value: (labels: LabelsOf<S>) => number): void {
    for (const series of this.#series) this.set(series, value(series));
  }
}

/** A histogram whose every series exists from the start, empty. */
export class ClosedHistogram<S extends LabelSets> extends Histogram<keyof S & string> {
  constructor({ labels, ...rest }: ClosedMetric<S> & { readonly buckets: number[] }) {
    super({ ...rest, labelNames: Object.keys(labels) });
    for (const series of seriesOf(labels)) this.zero(series);
  }

  time(labels: LabelsOf<S>, seconds: number): void {
    this.observe(labels, seconds);
  }
}

/** Every combination of the values. */
function seriesOf<S extends LabelSets>(labels: S): readonly LabelsOf<S>[] {
  const combined = Object.entries(labels).reduce<readonly Readonly<Record<string, string>>[]>(
    (all, [name, values]) => all.flatMap((series) => values.map((value) => ({ ...series, [name]: value }))),
    [{}],
  );
  return combined as readonly LabelsOf<S>[];
}
