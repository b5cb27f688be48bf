import { type Messages, wireTypeOf, wireTypes } from './wire.js';

/** Encodes a message. What is undefined is left out; every byte is written once, into the result. */
export function encodeMessage(messages: Messages, type: string, message: object): Uint8Array {
  return new Encoder(messages).encode(type, message);
}

/** Measures first, so that the result has its size from the beginning. */
class Encoder {
  readonly #messages: Messages;
  readonly #lengths = new Map<object, number>();
  /** Names stand in several places. */
  readonly #texts = new Map<string, Uint8Array>();
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  encode(type: string, message: object): Uint8Array {
    this.#bytes = new Uint8Array(this.#measure(type, message));
    this.#view = new DataView(this.#bytes.buffer);
    this.#write(type, message);
    return this.#bytes;
  }

  #measure(type: string, message: object): number {
    let total = 0;
    this.#each(type, message, (key, fieldType, value) => {
      total += varintLength(key) + this.#valueLength(fieldType, value);
    });
    this.#lengths.set(message, total);
    return total;
  }

  #valueLength(type: string, value: unknown): number {
    if (type === 'float') return 4;
    if (type === 'double') return 8;
    if (isVarint(type)) return varintLength(value as number | bigint);
    const known = bytesOf(type, value, this.#texts)?.length;
    const length = known ?? this.#measure(type, value as object);
    return varintLength(length) + length;
  }

  #write(type: string, message: object): void {
    this.#each(type, message, (key, fieldType, value) => {
      this.#varint(key);
      if (fieldType === 'float') {
        this.#view.setFloat32(this.#at, value as number, true);
        this.#at += 4;
      } else if (fieldType === 'double') {
        this.#view.setFloat64(this.#at, value as number, true);
        this.#at += 8;
      } else if (isVarint(fieldType)) {
        this.#varint(value as number | bigint);
      } else {
        const bytes = bytesOf(fieldType, value, this.#texts);
        this.#varint(bytes?.length ?? (this.#lengths.get(value as object) as number));
        if (bytes === undefined) return this.#write(fieldType, value as object);
        this.#bytes.set(bytes, this.#at);
        this.#at += bytes.length;
      }
    });
  }

  #each(type: string, message: object, visit: (key: number, type: string, value: unknown) => void): void {
    for (const [name, value] of Object.entries(message)) {
      const field = this.#messages[type]?.fields[name];
      if (field === undefined || value === undefined) continue;
      const key = field.id * 8 + (wireTypeOf[field.type] ?? wireTypes.bytes);
      if (field.rule !== 'repeated') visit(key, field.type, value);
      else for (const one of value as unknown[]) visit(key, field.type, one);
    }
  }

  /** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
  #varint(value: number | bigint): void {
    const small = asSmall(value);
    if (small !== undefined) {
      let rest = small;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      this.#bytes[this.#at++] = rest;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }
}

function isVarint(type: string): boolean {
  return wireTypeOf[type] === wireTypes.varint;
}

/** A text's or bytes' own bytes; `undefined` of a message. */
function bytesOf(type: string, value: unknown, texts: Map<string, Uint8Array>): Uint8Array | undefined {
  if (type === 'bytes') return value as Uint8Array;
  if (type !== 'string') return undefined;
  const text = value as string;
  const bytes = texts.get(text) ?? new TextEncoder().encode(text);
  texts.set(text, bytes);
  return bytes;
}

/** Not negative, and exact as a number. */
function asSmall(value: number | bigint): number | undefined {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Number(value) : undefined;
}

function varintLength(value: number | bigint): number {
  const small = asSmall(value);
  let length = 1;
  if (small !== undefined) for (let rest = small; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  else for (let rest = BigInt.asUintN(64, BigInt(value)); rest >= 0x80n; rest >>= 7n) length++;
  return length;
}
