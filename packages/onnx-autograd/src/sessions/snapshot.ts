import { OnnxFormatError } from '../errors.js';
import { isPlateauState, type PlateauState } from '../optimizers/plateau.js';
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
  /** What a plateau schedule knows of what was reported. */
  readonly plateau?: PlateauState;
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
  const progress = JSON.stringify({ ...progressOf(snapshot), extra });
  return writeSafetensors(snapshotTensors(snapshot), { snapshot: progress });
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
  const { progress, content } = readProgress(
    text,
    `The "snapshot" in the header of these ${bytes.length} bytes`,
  );
  return { snapshot: { ...ofSnapshotTensors(readSafetensors(bytes)), ...progress }, extra: content.extra };
}

/** What a snapshot holds beside its numbers. */
export type Progress = Pick<Snapshot, 'step' | 'random' | 'plateau'>;

/** What of a snapshot is stored as JSON. */
export function progressOf({ step, random, plateau }: Snapshot): Progress {
  return { step, random, ...(plateau && { plateau }) };
}

/**
 * The part of a stored snapshot that is JSON.
 *
 * @param where how an error names it.
 * @returns the snapshot's own, and all that is there.
 * @throws OnnxFormatError when it is no JSON, or `step`, `random` or `plateau` are not those of a snapshot.
 */
export function readProgress(
  text: string,
  where: string,
): { readonly progress: Progress; readonly content: Readonly<Record<string, unknown>> } {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new OnnxFormatError(`${where} is not JSON: it is damaged, or no snapshot.`, { cause });
  }
  const content: Readonly<Record<string, unknown>> = { ...Object(stored) };
  const { step, random, plateau } = content;
  const problem = problemOf({ step, random, plateau });
  if (problem !== undefined) throw new OnnxFormatError(`${where} is not a snapshot's: ${problem}.`);
  const progress = { step, random, ...(plateau !== undefined && { plateau }) };
  // What has no problem is of these types.
  return { progress: progress as Progress, content };
}

/** Why no training can continue from this; `undefined` when one can. */
export function problemOf({
  step,
  random,
  plateau,
}: Readonly<Partial<Record<keyof Progress, unknown>>>): string | undefined {
  if (!Number.isSafeInteger(step) || (step as number) < 0) {
    return `"step" is ${JSON.stringify(step)}, and not a whole number, 0 or more`;
  }
  if (!isRandomState(random)) {
    return `"random" is ${JSON.stringify(random)}, and not four whole numbers of 32 bits`;
  }
  if (plateau !== undefined && !isPlateauState(plateau)) {
    return `"plateau" is ${JSON.stringify(plateau)}, and not what a plateau schedule knows`;
  }
  return undefined;
}

/** Whether it is the state of a `Random`: its generator's four whole numbers of 32 bits. */
function isRandomState(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length === 4 && value.every((part) => part === (part | 0));
}
