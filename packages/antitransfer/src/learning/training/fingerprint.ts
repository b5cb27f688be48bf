import { createHash } from 'node:crypto';
import { type Device, type Tensor, writeOnnx } from 'onnx-autograd';
import type { Augmentation } from '../augmentations/definition.js';
import type { Network } from '../networks/network.js';
import type { Objective } from '../objectives/objective.js';
import { type Dataset, sizeOf } from './dataset.js';
import type { Observation } from './programs.js';
import { batchesInOrder } from './read-ahead.js';
import type { TrainingSettings } from './settings.js';

/** Raised whenever the same training would come to other numbers, or is stored in another form. */
const version = 2;

/** Clips that are read at once. */
const batch = 64;

/** What a training's numbers depend on. */
interface Fingerprinted {
  readonly network: Network;
  readonly objectives?: readonly Objective[];
  readonly observe?: readonly Observation[];
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly train: Dataset;
  readonly augmentations?: readonly Augmentation[];
  readonly validation: Dataset;
  readonly auxiliary?: Readonly<Record<string, Dataset>>;
  readonly settings: TrainingSettings;
  readonly seed: number;
  readonly device: Device;
}

/**
 * Names a training by all that its numbers depend on: networks, first weights, objectives, clips, settings, seed. How a
 * machine carries it out is no part of it, but for the device: another one rounds otherwise. All features are read, some at a time.
 */
export async function trainingFingerprint(training: Fingerprinted): Promise<string> {
  const { network, objectives = [], observe, weights = {}, train, validation, auxiliary = {} } = training;
  const { seed, settings, device, augmentations = [] } = training;
  const sides = [train, validation, ...Object.values(auxiliary)];
  const given = Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1));
  const described = {
    version,
    seed,
    settings,
    ...(device !== 'cpu' && { device }),
    observe,
    objectives: objectives.map(({ name, settings }) => ({ name, ...settings })),
    ...(augmentations.length > 0 && {
      augmentations: augmentations.map(({ name, settings }) => ({ name, ...settings })),
    }),
    auxiliary: Object.keys(auxiliary),
    weights: given.map(([name, { type, dims }]) => [name, type, dims]),
    sides: sides.map((side) => [side.features.shape, sizeOf(side), Object.keys(side.groups ?? {})]),
  };
  const hash = createHash('sha256').update(JSON.stringify(described));
  const frozen = objectives.flatMap((objective) => objective.frozen ?? []);
  for (const { graph } of [network, ...frozen.map((answer) => answer.network)]) hash.update(writeOnnx(graph));
  for (const [, { data }] of given) hash.update(bytesOf(data));
  for (const side of sides) {
    for await (const { features } of batchesInOrder(side, batch)) hash.update(bytesOf(features.data));
    for (const labels of [side.labels, ...Object.values(side.groups ?? {})]) hash.update(bytesOf(labels));
  }
  return hash.digest('hex');
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
