import { OnnxFormatError } from '../errors.js';
import type { ElementType } from '../tensor.js';

/** `TensorProto.DataType` of the ONNX format. */
export const elementTypeCodes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

export const byCode = new Map(
  Object.entries(elementTypeCodes).map(([type, code]) => [code, type as ElementType]),
);

/** Types of the format that are not known here. */
const others: Readonly<Record<number, string>> = {
  8: 'string',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
};

/** The element type of a code of the format. */
export function elementTypeOf(code: number): ElementType {
  const type = byCode.get(code);
  if (type !== undefined) return type;
  const name = others[code];
  throw new OnnxFormatError(
    `Element type ${code}${name ? ` (${name})` : ''} is not supported` +
      (name?.includes('float') || name?.includes('int') ? ': export the network in float32.' : '.'),
  );
}
