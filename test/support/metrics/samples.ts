/** One line of the text format of Prometheus. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a metric. */
export function samplesOf(text: string, name: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, found, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found !== name) return [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', of = '']) => [label, of]);
    return [{ labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** The value of the only sample that has these labels; fails if there is none, or more than one. */
export function sampleOf(text: string, name: string, labels: Readonly<Record<string, string>>): number {
  const found = samplesOf(text, name).filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  const [sample] = found;
  if (!sample || found.length > 1) throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`);
  return sample.value;
}
