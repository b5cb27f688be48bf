/** The number of the field of a model that holds its metadata, and of the two of an entry (onnx.proto). */
const METADATA = 14;
const KEY = 1;
const VALUE = 2;

/** How a value is stored (Protocol Buffers). */
const wire = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/**
 * The metadata of an ONNX file. Its graph, which is nearly all of it, is stepped over: a page needs no more than this, and
 * ONNX Runtime has no way to it there.
 *
 * @returns undefined when the bytes are no ONNX model
 */
export function modelMetadata(bytes: Uint8Array): Readonly<Record<string, string>> | undefined {
  const metadata: Record<string, string> = {};
  const utf8 = new TextDecoder();
  try {
    for (const [field, content] of fieldsOf(bytes)) {
      if (field !== METADATA) continue;
      const entry = new Map(fieldsOf(content));
      metadata[utf8.decode(entry.get(KEY))] = utf8.decode(entry.get(VALUE));
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return metadata;
}

/**
 * The fields of a message that are texts, bytes or messages, by number.
 *
 * @throws RangeError when the bytes are no message
 */
function* fieldsOf(bytes: Uint8Array): Generator<readonly [number, Uint8Array]> {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (!(count <= bytes.length - at)) throw new RangeError(`${count} bytes are due from byte ${at} on`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const [byte = 0] = take(1);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError(`a number before byte ${at} has more than ten bytes`);
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag & 7) {
      case wire.varint:
        varint();
        break;
      case wire.eightBytes:
        take(8);
        break;
      case wire.bytes:
        yield [field, take(varint())];
        break;
      case wire.fourBytes:
        take(4);
        break;
      default:
        throw new RangeError(`field ${field} is stored in no way that is known`);
    }
  }
}
