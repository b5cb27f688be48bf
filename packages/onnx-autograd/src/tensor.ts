import { GraphError } from './errors.js';

/** Element types that the library reads, writes and computes shapes for, by ONNX Runtime's names. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool';

/** The typed array of each element type. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint32Array
  | BigUint64Array;

/** Numbers with a shape, row-major. `bool` is stored as bytes, `float16` as its 16 bits, `int64` as BigInt. */
export interface Tensor {
  /** Type of the elements. */
  readonly type: ElementType;
  /** Sizes of all axes; `[]` is a scalar. */
  readonly dims: readonly number[];
  /** As many elements as the sizes multiplied. */
  readonly data: TensorData;
}

type TensorDataConstructor = {
  new (length: number): TensorData;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData;
  readonly BYTES_PER_ELEMENT: number;
};

/** The typed array that holds each element type. */
export const arrayTypes: Readonly<Record<ElementType, TensorDataConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** The number of elements of a shape. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** A float32 tensor; a scalar when `dims` is left out and one number is given. */
export function float32(values: number | ArrayLike<number>, dims?: readonly number[]): Tensor {
  const data = typeof values === 'number' ? Float32Array.of(values) : Float32Array.from(values);
  return { type: 'float32', dims: dims ?? (typeof values === 'number' ? [] : [data.length]), data };
}

const [smallest, largest] = [-(2n ** 63n), 2n ** 63n - 1n];

/** The largest int64, by which files say "to the end", is rounded up as a plain number: beyond an end is the end. */
function toInt64(value: number): bigint {
  const whole = BigInt(value);
  return whole > largest ? largest : whole < smallest ? smallest : whole;
}

/**
 * An int64 tensor; one-dimensional when `dims` is left out and a list is given. Numbers beyond the largest and the smallest
 * int64 are these.
 *
 * @throws GraphError when a number is not whole; it tells which.
 */
export function int64(values: number | readonly number[], dims?: readonly number[]): Tensor {
  const list = typeof values === 'number' ? [values] : values;
  const position = list.findIndex((value) => !Number.isInteger(value));
  if (position >= 0) {
    throw new GraphError(
      `An int64 tensor holds whole numbers; at position ${position} is ${list[position]}.`,
    );
  }
  const data = BigInt64Array.from(list, toInt64);
  return { type: 'int64', dims: dims ?? (typeof values === 'number' ? [] : [list.length]), data };
}

/** The elements as plain numbers, for small tensors such as shapes and axes. */
export function toNumbers(tensor: Tensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}
