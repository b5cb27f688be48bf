import { OnnxFormatError } from '../errors.js';
import { arrayTypes, type ElementType, elementCount, type Tensor } from '../tensor.js';

const names: Readonly<Record<ElementType, string>> = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  int8: 'I8',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  bool: 'BOOL',
};
const types = new Map(Object.entries(names).map(([type, name]) => [name, type as ElementType]));

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Tensors as a safetensors file.
 * @see https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(tensors: Readonly<Record<string, Tensor>>): Uint8Array {
  let offset = 0;
  const header: Record<string, Entry> = {};
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    header[name] = { dtype: names[type], shape: dims, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  let text = JSON.stringify(header);
  text += ' '.repeat((8 - (text.length % 8)) % 8);
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + encoded.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(encoded.length), true);
  bytes.set(encoded, 8);
  let position = 8 + encoded.length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/** @throws OnnxFormatError when the bytes are no safetensors file. */
export function readSafetensors(bytes: Uint8Array): Record<string, Tensor> {
  try {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      Entry
    >;
    const body = 8 + length;
    const tensors: Record<string, Tensor> = {};
    for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const type = types.get(dtype);
      if (type === undefined) throw new RangeError(`type ${dtype}`);
      const copy = bytes.slice(body + data_offsets[0], body + data_offsets[1]);
      tensors[name] = { type, dims: shape, data: new arrayTypes[type](copy.buffer, 0, elementCount(shape)) };
    }
    return tensors;
  } catch (cause) {
    throw new OnnxFormatError(`These ${bytes.length} bytes are not a safetensors file.`, { cause });
  }
}
