import { inspect } from 'node:util';

/** Hears what is passed to methods of an object, and changes nothing. Returns what ends it. */
export function overhear(target: object, methods: readonly string[], hear: (text: string) => void): () => void {
  const originals = methods.map((method) => {
    const original: unknown = Reflect.get(target, method);
    if (typeof original !== 'function') throw new Error(`there is no ${method} to be overheard`);
    Reflect.set(target, method, function (this: unknown, ...args: readonly unknown[]): unknown {
      for (const text of args.map(textOf)) if (text !== '') hear(text);
      return Reflect.apply(original, this, args);
    });
    return [method, original] as const;
  });
  return () => {
    for (const [method, original] of originals) Reflect.set(target, method, original);
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  return typeof value === 'object' && value !== null ? inspect(value) : '';
}
