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

/**
 * The numbers of a snapshot from the list that its file has.
 *
 * @throws OnnxFormatError when a name does not say what the tensor is of.
 */
export function ofSnapshotTensors(tensors: Readonly<Record<string, Tensor>>): SnapshotNumbers {
  const lists = new Map<string, [name: string, tensor: Tensor][]>();
  for (const [key, tensor] of Object.entries(tensors)) {
    const end = key.indexOf('/');
    if (end < 1) {
      throw new OnnxFormatError(
        `"${key}" is no tensor of a snapshot: those are "weights/NAME" and "SLOT/NAME".`,
      );
    }
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
  const { step, random, extra } = readProgress(
    text,
    `The "snapshot" in the header of these ${bytes.length} bytes`,
  );
  return { snapshot: { ...ofSnapshotTensors(readSafetensors(bytes)), step, random }, extra };
}

/** What a snapshot holds beside its numbers. */
export type Progress = Pick<Snapshot, 'step' | 'random'>;

/**
 * The part of a stored snapshot that is JSON.
 *
 * @param where how an error names it.
 * @throws OnnxFormatError when it is no JSON, or `step` or `random` are not those of a snapshot.
 */
export function readProgress(text: string, where: string): Progress & Readonly<Record<string, unknown>> {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new OnnxFormatError(`${where} is not JSON: it is damaged, or no snapshot.`, { cause });
  }
  const content: Readonly<Record<string, unknown>> = { ...Object(stored) };
  const { step, random } = content;
  const problem = problemOf({ step, random });
  if (problem !== undefined) throw new OnnxFormatError(`${where} is not a snapshot's: ${problem}.`);
  return { ...content, step: step as number, random: random as readonly number[] };
}

/** Why no training can continue from this; `undefined` when one can. */
export function problemOf({ step, random }: Readonly<Record<keyof Progress, unknown>>): string | undefined {
  if (!Number.isSafeInteger(step) || (step as number) < 0) {
    return `"step" is ${JSON.stringify(step)}, and not a whole number, 0 or more`;
  }
  if (!isRandomState(random)) {
    return `"random" is ${JSON.stringify(random)}, and not four whole numbers of 32 bits`;
  }
  return undefined;
}

/** Whether it is the state of a `Random`: its generator's four whole numbers of 32 bits. */
function isRandomState(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length === 4 && value.every((part) => part === (part | 0));
}
