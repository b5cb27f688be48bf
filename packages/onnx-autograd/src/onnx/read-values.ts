import { OnnxFormatError } from '../errors.js';
import type { Attribute, Attributes } from '../graph/attributes.js';
import type { Dimension } from '../graph/shape.js';
import { elementTypeOf } from '../operators/element-types.js';
import { arrayTypes, type ElementType, elementCount, int64, type Tensor } from '../tensor.js';
import { type ExternalData, externalBytes, isExternal } from './external-data.js';
import {
  type AttributeProto,
  attributeTypes,
  type DimensionProto,
  type Int64,
  type TensorProto,
} from './schema.js';

// The numbers and texts in an `.onnx` file.

/** An attribute of a node. */
function readAttribute(proto: AttributeProto, operator: string, files: ExternalData = {}): Attribute {
  switch (proto.type) {
    case attributeTypes.float:
      return { float: proto.f ?? 0 };
    case attributeTypes.int:
      return toNumber(proto.i ?? 0);
    case attributeTypes.string:
      return readText(proto.s);
    case attributeTypes.tensor:
      return { tensor: readTensor(proto.t ?? {}, files) };
    case attributeTypes.floats:
      return { floats: proto.floats ?? [] };
    case attributeTypes.ints:
      return (proto.ints ?? []).map(toNumber);
    case attributeTypes.strings:
      return { strings: (proto.strings ?? []).map(readText) };
    default:
      throw new OnnxFormatError(
        `${operator}: attribute "${proto.name}" has type ${proto.type}, which is not read (subgraphs are not).`,
      );
  }
}

/** The attributes of a node. */
export function readAttributes(
  protos: readonly AttributeProto[] = [],
  operator = '',
  files: ExternalData = {},
): Attributes {
  return Object.fromEntries(protos.map((one) => [one.name ?? '', readAttribute(one, operator, files)]));
}

const utf8 = new TextDecoder();

/** Text is stored as bytes; an empty one arrives as an empty list. */
function readText(bytes: Uint8Array | undefined): string {
  return bytes?.length ? utf8.decode(bytes) : '';
}

/** What a `Constant` node holds, in whichever of its attributes. */
export function constantTensor(attributes: Attributes, name: string): Tensor {
  const [kind, attribute] = Object.entries(attributes)[0] ?? [];
  if (typeof attribute === 'object' && 'tensor' in attribute) return attribute.tensor;
  if (typeof attribute === 'object' && 'float' in attribute)
    return { type: 'float32', dims: [], data: Float32Array.of(attribute.float) };
  if (typeof attribute === 'number') return int64(attribute);
  if (kind === 'value_ints') return int64(attribute as readonly number[]);
  if (typeof attribute === 'object' && 'floats' in attribute) {
    return { type: 'float32', dims: [attribute.floats.length], data: Float32Array.from(attribute.floats) };
  }
  throw new OnnxFormatError(`Constant (node "${name}"): attribute "${kind}" is not read.`);
}

/**
 * A stored tensor, copied out of the file.
 *
 * @param files what lies beside the model.
 */
export function readTensor(proto: TensorProto, files: ExternalData = {}): Tensor {
  const name = proto.name ?? '';
  const type = elementTypeOf(proto.dataType ?? 0);
  const dims = (proto.dims ?? []).map(toNumber);
  if (dims.some((size) => size < 0))
    throw new OnnxFormatError(`The tensor "${name}" has the shape (${dims.join(', ')}).`);
  const count = elementCount(dims);
  const bytes = isExternal(proto) ? externalBytes(proto, files) : proto.rawData;
  const data = bytes?.length ? fromBytes(type, bytes, count, name) : fromLists(type, proto);
  if (data.length !== count) {
    throw new OnnxFormatError(
      `The tensor "${name}" has ${data.length} elements where its shape (${dims.join(', ')}) wants ${count}.`,
    );
  }
  return { type, dims, data };
}

function fromBytes(type: ElementType, bytes: Uint8Array, count: number, name: string): Tensor['data'] {
  const ArrayType = arrayTypes[type];
  if (bytes.length !== count * ArrayType.BYTES_PER_ELEMENT) {
    throw new OnnxFormatError(
      `The tensor "${name}" has ${bytes.length} bytes where ${count} elements of ${type} are due.`,
    );
  }
  // A copy of its own: aligned, and not the whole file kept in memory. (`slice` of a Node `Buffer` is no copy.)
  return new ArrayType(new Uint8Array(bytes).buffer, 0, count);
}

function fromLists(type: ElementType, proto: TensorProto): Tensor['data'] {
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData ?? []);
    case 'float64':
      return Float64Array.from(proto.doubleData ?? []);
    case 'int64':
      return BigInt64Array.from(proto.int64Data ?? [], BigInt);
    case 'int32':
      return Int32Array.from(proto.int32Data ?? []);
    case 'int16':
      return Int16Array.from(proto.int32Data ?? []);
    case 'int8':
      return Int8Array.from(proto.int32Data ?? []);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(proto.int32Data ?? []);
    case 'uint16':
    case 'float16':
      return Uint16Array.from(proto.int32Data ?? []);
    case 'uint32':
    case 'uint64':
      throw new OnnxFormatError(`The tensor "${proto.name}" stores ${type} as a list, which is not read.`);
  }
}

/** Floating-point numbers in single precision. */
export function toFloat32({ type, dims, data }: Tensor): Tensor {
  const numbers = type === 'float16' ? Array.from(data as Uint16Array, halfToNumber) : (data as Float64Array);
  return { type: 'float32', dims, data: Float32Array.from(numbers) };
}

/** @param bits of a number in half precision: a sign, 5 bits of exponent, 10 of mantissa. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
}

export function toNumber(value: Int64): number {
  return Number(value);
}

/**
 * A size that the file does not tell, or tells as -1, gets a name. So does one that is called `?`, as PaddlePaddle calls all
 * that it does not know: they are not the same.
 */
export function readDimension(dim: DimensionProto, otherwise: string): Dimension {
  if (dim.dimParam && /[\p{L}\p{N}]/u.test(dim.dimParam)) return dim.dimParam;
  const told = Object.hasOwn(dim, 'dimValue') ? toNumber(dim.dimValue ?? -1) : -1;
  return told < 0 ? otherwise : told;
}
