/** The value below which a share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** A row of the report, which has the median and the range of the values. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly goal: string;
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, unit, values, goal }) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return `| ${name} | ${unit} | ${short(median(values))} | ${short(least)} | ${short(most)} | ${goal} |`;
  });
  return ['| benchmark | figure | median | min | max | goal |', '| --- | --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}
