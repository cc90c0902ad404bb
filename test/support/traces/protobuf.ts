/** The values of each field of a message: numbers of fixed or variable length, or the bytes of texts and messages. */
type Message = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

const WIRE = { variable: 0, eight: 1, bytes: 2, four: 5 } as const;

/** Reads the wire format of Protocol Buffers, of which OTLP uses these types. Throws for anything else. */
export function readMessage(bytes: Buffer): Message {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const variable = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const skip = (length: number): number => {
    at += length;
    if (at > bytes.length) throw new Error('the message ends within a field');
    return at - length;
  };
  const fieldOf = (type: number): bigint | Buffer => {
    if (type === WIRE.variable) return variable();
    if (type === WIRE.eight) return bytes.readBigUInt64LE(skip(8));
    if (type === WIRE.four) return BigInt(bytes.readUInt32LE(skip(4)));
    if (type !== WIRE.bytes) throw new Error(`the wire type ${type} is not known`);
    const length = Number(variable());
    const from = skip(length);
    return bytes.subarray(from, from + length);
  };
  while (at < bytes.length) {
    const tag = Number(variable());
    const field = tag >> 3;
    fields.set(field, [...(fields.get(field) ?? []), fieldOf(tag & 7)]);
  }
  return fields;
}

/** The messages of a repeated field. */
export function messagesOf(message: Message, field: number): readonly Message[] {
  return bytesOf(message, field).map(readMessage);
}

export function bytesOf(message: Message, field: number): readonly Buffer[] {
  return (message.get(field) ?? []).filter((value) => Buffer.isBuffer(value));
}

export function textOfField(message: Message, field: number): string {
  return bytesOf(message, field).at(-1)?.toString() ?? '';
}

/** 0 where it is missing, as in Protocol Buffers. */
export function numberOf(message: Message, field: number): bigint {
  const value = message.get(field)?.at(-1);
  return typeof value === 'bigint' ? value : 0n;
}
