import { OnnxFormatError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from './safetensors.js';

/** Everything that a training's next step depends on, but for its data. */
export interface Snapshot {
  /** By name. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** The optimizer's memory of the past: by slot, such as `mean`, the array of each weight that has moved. */
  readonly optimizer: Readonly<Record<string, Readonly<Record<string, Tensor>>>>;
  /** Steps done. */
  readonly step: number;
  /** State of the generator of dropout masks. */
  readonly random: readonly number[];
}

/** The numbers of a snapshot. */
export type SnapshotNumbers = Pick<Snapshot, 'weights' | 'optimizer'>;

/** The weights of a file stand under this, the optimizer's arrays under their slots. */
const weightsKey = 'weights';

/** The numbers of a snapshot in one list, as its file has them: `weights/NAME`, and `SLOT/NAME` of the optimizer. */
export function snapshotTensors({ weights, optimizer }: SnapshotNumbers): Record<string, Tensor> {
  const lists = Object.entries({ [weightsKey]: weights, ...optimizer });
  return Object.fromEntries(
    lists.flatMap(([slot, tensors]) =>
      Object.entries(tensors).map(([name, tensor]) => [`${slot}/${name}`, tensor]),
    ),
  );
}

/** The numbers of a snapshot from the list that its file has. */
export function ofSnapshotTensors(tensors: Readonly<Record<string, Tensor>>): SnapshotNumbers {
  const lists = new Map<string, [name: string, tensor: Tensor][]>();
  for (const [key, tensor] of Object.entries(tensors)) {
    const end = key.indexOf('/');
    const slot = key.slice(0, end);
    lists.set(slot, [...(lists.get(slot) ?? []), [key.slice(end + 1), tensor]]);
  }
  const records = [...lists].map(([slot, list]) => [slot, Object.fromEntries(list)] as const);
  const { [weightsKey]: weights = {}, ...optimizer } = Object.fromEntries(records);
  return { weights, optimizer };
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
export function writeSnapshot(snapshot: Snapshot, extra: unknown = null): Uint8Array {
  const { step, random } = snapshot;
  return writeSafetensors(snapshotTensors(snapshot), { snapshot: JSON.stringify({ step, random, extra }) });
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
  const { step, random, extra } = JSON.parse(text) as Pick<Snapshot, 'step' | 'random'> & {
    extra: unknown;
  };
  return { snapshot: { ...ofSnapshotTensors(readSafetensors(bytes)), step, random }, extra };
}
