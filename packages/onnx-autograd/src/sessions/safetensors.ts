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
 *
 * @param metadata texts by name, kept in the file's header.
 * @see https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  let offset = 0;
  const header: Record<string, Entry | Readonly<Record<string, string>>> = {};
  if (metadata !== undefined) header.__metadata__ = metadata;
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    header[name] = { dtype: names[type], shape: dims, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + length);
  let position = 8 + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/** @throws OnnxFormatError when the bytes are no safetensors file. */
export function readSafetensors(bytes: Uint8Array): Record<string, Tensor> {
  return reading(bytes, () => {
    const { header, body } = headerOf(bytes);
    const tensors: Record<string, Tensor> = {};
    for (const [name, entry] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const { type, shape, data_offsets } = checkedEntry(name, entry, bytes.length - body);
      // A copy, so that it begins where its type may begin. (The `slice` of a Buffer, as read from a file, copies nothing.)
      const copy = new Uint8Array(bytes.subarray(body + data_offsets[0], body + data_offsets[1]));
      tensors[name] = { type, dims: shape, data: new arrayTypes[type](copy.buffer, 0, elementCount(shape)) };
    }
    return tensors;
  });
}

/**
 * The texts in the header of a safetensors file.
 *
 * @throws OnnxFormatError when the bytes are no safetensors file.
 */
export function readSafetensorsMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  return reading(bytes, () => {
    const { __metadata__: metadata = {} } = headerOf(bytes).header;
    if (!isRecord(metadata)) throw new RangeError('__metadata__');
    const texts = Object.entries(metadata).map(([name, text]) => {
      if (typeof text !== 'string') throw new RangeError(`__metadata__ "${name}"`);
      return [name, text] as const;
    });
    return Object.fromEntries(texts);
  });
}

function headerOf(bytes: Uint8Array): { header: Readonly<Record<string, unknown>>; body: number } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header: unknown = JSON.parse(text);
  if (!isRecord(header)) throw new RangeError('header');
  return { header, body: 8 + length };
}

/** An entry whose numbers lie in the body, and are as many as its shape says. */
function checkedEntry(
  name: string,
  entry: unknown,
  bodyBytes: number,
): Entry & { readonly type: ElementType } {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const type = typeof dtype === 'string' ? types.get(dtype) : undefined;
  if (type === undefined || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw new RangeError(`tensor "${name}"`);
  }
  const [start, end] = offsets as [number, number];
  if (end > bodyBytes || end - start !== elementCount(shape) * arrayTypes[type].BYTES_PER_ELEMENT) {
    throw new RangeError(`bytes ${start} to ${end} of tensor "${name}"`);
  }
  return { type, dtype: names[type], shape, data_offsets: [start, end] };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function reading<T>(bytes: Uint8Array, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new OnnxFormatError(`These ${bytes.length} bytes are not a safetensors file.`, { cause });
  }
}
