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

/** The element type of a code of the format. */
export function elementTypeOf(code: number): ElementType {
  const type = byCode.get(code);
  if (type === undefined)
    throw new OnnxFormatError(
      `Element type ${code} is not supported (strings, complex numbers and 8-bit floats are not).`,
    );
  return type;
}
