import { type Messages, wireTypeOf, wireTypes } from './wire.js';

/** Encodes a message. What is undefined is left out; large bytes are copied once, into the result. */
export function encodeMessage(messages: Messages, type: string, message: object): Uint8Array {
  const { parts, length } = messageParts(messages, type, message);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

interface Parts {
  readonly parts: Uint8Array[];
  length: number;
}

function messageParts(messages: Messages, type: string, message: object): Parts {
  const made: Parts = { parts: [], length: 0 };
  const push = (part: Uint8Array) => {
    made.parts.push(part);
    made.length += part.length;
  };
  for (const [name, value] of Object.entries(message)) {
    const field = messages[type]?.fields[name];
    if (field === undefined || value === undefined) continue;
    const wireType = wireTypeOf[field.type] ?? wireTypes.bytes;
    for (const one of field.rule === 'repeated' ? (value as unknown[]) : [value]) {
      push(varint(field.id * 8 + wireType));
      if (wireTypeOf[field.type] === undefined) {
        const inner = messageParts(messages, field.type, one as object);
        push(varint(inner.length));
        for (const part of inner.parts) push(part);
        continue;
      }
      const bytes = scalar(field.type, one);
      if (wireType === wireTypes.bytes) push(varint(bytes.length));
      push(bytes);
    }
  }
  return made;
}

function scalar(type: string, value: unknown): Uint8Array {
  switch (type) {
    case 'string':
      return new TextEncoder().encode(value as string);
    case 'bytes':
      return value as Uint8Array;
    case 'float':
      return new Uint8Array(Float32Array.of(value as number).buffer);
    case 'double':
      return new Uint8Array(Float64Array.of(value as number).buffer);
    default:
      return varint(value as number | bigint);
  }
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  if (typeof value === 'number' && value >= 0) {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
  } else {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}
