import { OnnxFormatError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from './safetensors.js';

/** Everything that a training's next step depends on, but for its data. */
export interface Snapshot {
  /** `weights/…` and the optimizer's arrays by slot. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Steps done. */
  readonly step: number;
  /** State of the generator of dropout masks. */
  readonly random: readonly number[];
}

/** A snapshot, and what the caller had stored with it. */
export interface StoredSnapshot {
  /** What the session continues from. */
  readonly snapshot: Snapshot;
  /** As it was given, through JSON. */
  readonly extra: unknown;
}

/**
 * A snapshot as one safetensors file, to be kept wherever bytes can be: in IndexedDB, as a download.
 *
 * @param extra anything that JSON can hold, for example epoch and place in the batch order.
 */
export function writeSnapshot({ tensors, step, random }: Snapshot, extra: unknown = null): Uint8Array {
  return writeSafetensors(tensors, { snapshot: JSON.stringify({ step, random, extra }) });
}

/**
 * Reads what {@link writeSnapshot} wrote.
 *
 * @throws OnnxFormatError when the bytes are no snapshot.
 */
export function readSnapshot(bytes: Uint8Array): StoredSnapshot {
  const { snapshot: text } = readSafetensorsMetadata(bytes);
  if (text === undefined) {
    throw new OnnxFormatError(
      `These ${bytes.length} bytes are a safetensors file, but no snapshot: its header has no "snapshot".`,
    );
  }
  const { step, random, extra } = JSON.parse(text) as Omit<Snapshot, 'tensors'> & { extra: unknown };
  return { snapshot: { tensors: readSafetensors(bytes), step, random }, extra };
}
