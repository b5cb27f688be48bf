import { OnnxFormatError } from '../errors.js';
import { type Field, type Messages, wireTypeOf, wireTypes } from './wire.js';

/** Messages inside messages; a sound file has a handful. */
const deepest = 64;

/**
 * Decodes a message. Absent fields are absent, absent lists empty; bytes are views, not copies. What another reader
 * might take otherwise is refused: fields that are neither listed nor to be skipped, and single ones that are there twice.
 *
 * @throws OnnxFormatError when there is such a field.
 * @throws RangeError when the bytes are no such message.
 */
export function decodeMessage<T>(messages: Messages, type: string, bytes: Uint8Array): T {
  return new WireReader(messages, bytes).message(type, bytes.length, 0) as T;
}

class WireReader {
  readonly #messages: Messages;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder();
  /** Fields by number, of the messages that were met. */
  readonly #fields = new Map<string, Map<number, readonly [string, Field]>>();
  #at = 0;

  constructor(messages: Messages, bytes: Uint8Array) {
    this.#messages = messages;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(type: string, end: number, depth: number): Record<string, unknown> {
    if (depth > deepest) throw new RangeError(`messages are nested more than ${deepest} deep`);
    const fields = this.#fieldsOf(type);
    const message: Record<string, unknown> = {};
    for (const [name, { rule }] of fields.values()) if (rule === 'repeated') message[name] = [];
    while (this.#at < end) {
      const tag = Number(this.#varint());
      const wireType = tag & 7;
      const id = Math.floor(tag / 8);
      const [name, field] = fields.get(id) ?? [];
      if (name === undefined || field === undefined) {
        this.#requireSkipped(type, id);
        this.#skip(wireType);
      } else if (field.rule === 'repeated') this.#append(message[name] as unknown[], field, wireType, depth);
      else {
        if (Object.hasOwn(message, name)) {
          throw new OnnxFormatError(`The file says twice what "${name}" of a ${type} is. Export it again.`);
        }
        message[name] = this.#value(field, wireType, depth);
      }
    }
    if (this.#at !== end) throw new RangeError(`a message ends at byte ${end}, in the midst of a field`);
    return message;
  }

  #requireSkipped(type: string, id: number): void {
    if (this.#messages[type]?.skipped?.includes(id)) return;
    throw new OnnxFormatError(
      `A ${type} in the file has the field ${id}, which is not read here (sparse weights are such): export it ` +
        'without. If no exporter wrote it, this is not an ONNX model.',
    );
  }

  #fieldsOf(type: string): Map<number, readonly [string, Field]> {
    const known = this.#fields.get(type);
    if (known !== undefined) return known;
    const entries = Object.entries(this.#messages[type]?.fields ?? {});
    const made = new Map(entries.map((entry) => [entry[1].id, entry] as const));
    this.#fields.set(type, made);
    return made;
  }

  /** Numbers may be stored one by one or, packed, in one run of bytes. */
  #append(list: unknown[], field: Field, wireType: number, depth: number): void {
    const own = wireTypeOf[field.type] ?? wireTypes.bytes;
    if (wireType !== wireTypes.bytes || own === wireTypes.bytes) {
      list.push(this.#value(field, wireType, depth));
      return;
    }
    const end = this.#endOfBytes();
    while (this.#at < end) list.push(this.#value(field, own, depth));
    if (this.#at !== end) throw new RangeError(`a list ends at byte ${end}, in the midst of a number`);
  }

  #value({ type, id }: Field, wireType: number, depth: number): unknown {
    if (wireType !== (wireTypeOf[type] ?? wireTypes.bytes)) {
      throw new RangeError(`field ${id} is stored as ${wireType}, which ${type} never is`);
    }
    switch (type) {
      case 'int64':
        return this.#varint();
      case 'int32':
        return Number(BigInt.asIntN(32, BigInt(this.#varint())));
      case 'float':
        return this.#view.getFloat32(this.#take(4), true);
      case 'double':
        return this.#view.getFloat64(this.#take(8), true);
      case 'string':
        return this.#utf8.decode(this.#run());
      case 'bytes':
        return this.#run();
      default:
        return this.message(type, this.#endOfBytes(), depth + 1);
    }
  }

  #skip(wireType: number): void {
    switch (wireType) {
      case wireTypes.varint:
        this.#varint();
        break;
      case wireTypes.eightBytes:
        this.#take(8);
        break;
      case wireTypes.bytes:
        this.#run();
        break;
      case wireTypes.fourBytes:
        this.#take(4);
        break;
      default:
        throw new RangeError(`a field before byte ${this.#at} is stored as ${wireType}, which is not read`);
    }
  }

  #run(): Uint8Array {
    const end = this.#endOfBytes();
    return this.#bytes.subarray(this.#take(end - this.#at), end);
  }

  #endOfBytes(): number {
    const length = Number(this.#varint());
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) {
      throw new RangeError(`${length} bytes are due from byte ${this.#at} on, of ${this.#bytes.length}`);
    }
    return end;
  }

  /** Where so many bytes begin, which are now read. */
  #take(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) {
      throw new RangeError(`the bytes end in the midst of a value, at ${this.#bytes.length}`);
    }
    this.#at += count;
    return start;
  }

  /** Seven bits a byte, the lowest first; a bigint where a number is not exact. */
  #varint(): number | bigint {
    let low = 0;
    let high = 0n;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#take(1)] as number;
      if (shift < 49) low += (byte & 0x7f) * 2 ** shift;
      else high += BigInt(byte & 0x7f) << BigInt(shift);
      if (byte >= 0x80) continue;
      if (high === 0n) return low;
      const whole = BigInt.asIntN(64, high + BigInt(low));
      const number = Number(whole);
      return Number.isSafeInteger(number) ? number : whole;
    }
    throw new RangeError(`a number before byte ${this.#at} has more than ten bytes`);
  }
}
