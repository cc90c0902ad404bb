/** The value below which `share` of the others lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A row of the report: the median of paired values, and how far they went apart. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly goal: string;
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ work, unit, values, goal }) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return `| ${work} | ${unit} | ${short(median(values))} | ${short(least)} | ${short(most)} | ${goal} |`;
  });
  return ['| work | figure | median | min | max | goal |', '| --- | --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}
