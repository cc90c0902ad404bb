import { inspect } from 'node:util';

/** Passes each argument of the methods to `onText`, and changes nothing else. The returned function ends this. */
export function observeCalls(target: object, methods: readonly string[], onText: (text: string) => void): () => void {
  const originals = methods.map((method) => {
    const original: unknown = Reflect.get(target, method);
    if (typeof original !== 'function') throw new Error(`the object has no method ${method}`);
    Reflect.set(target, method, function (this: unknown, ...args: readonly unknown[]): unknown {
      for (const text of args.map(textOf)) if (text !== '') onText(text);
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
