/**
 * The messages of a format in the encoding of Protocol Buffers, by name. Types are those of the language, as far as ONNX
 * has them, or the names of other messages.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export type Messages = Readonly<Record<string, Message>>;

export interface Message {
  readonly fields: Readonly<Record<string, Field>>;
  /** Numbers of fields that may be there and change nothing: what is told to people. */
  readonly skipped?: readonly number[];
}

export interface Field {
  readonly rule?: 'repeated';
  readonly type: string;
  readonly id: number;
}

/** How a value is stored: as a number of variable length, in eight or four bytes, or as so many bytes. */
export const wireTypes = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/** How each type that is no message is stored. */
export const wireTypeOf: Readonly<Record<string, number>> = {
  int32: wireTypes.varint,
  int64: wireTypes.varint,
  double: wireTypes.eightBytes,
  float: wireTypes.fourBytes,
  string: wireTypes.bytes,
  bytes: wireTypes.bytes,
};
