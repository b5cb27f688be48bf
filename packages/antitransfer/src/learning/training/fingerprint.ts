import { type Tensor, writeOnnx } from 'onnx-autograd';
import { sha256 } from '../../files/digest.js';
import type { Network } from '../networks/network.js';
import type { Penalty } from '../objectives/penalty.js';
import type { Dataset } from './dataset.js';
import type { Observation } from './programs.js';
import type { TrainingSettings } from './settings.js';

/** Raised whenever the same training would come to other numbers, or is stored in another form. */
const version = 1;

/** What a training's numbers depend on. */
interface Fingerprinted {
  readonly network: Network;
  readonly penalties?: readonly Penalty[];
  readonly observe?: Observation;
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly train: Dataset;
  readonly validation: Dataset;
  readonly auxiliary?: Dataset;
  readonly settings: TrainingSettings;
  readonly seed: number;
}

/**
 * Names a training by all that its numbers depend on: networks, first weights, penalties, clips, settings, seed. How a
 * machine carries it out is no part of it.
 */
export function trainingFingerprint(training: Fingerprinted): string {
  const { network, penalties = [], observe, weights = {}, train, validation, auxiliary } = training;
  const { seed, settings } = training;
  const sides = [train, validation, ...(auxiliary ? [auxiliary] : [])];
  const given = Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1));
  const described = {
    version,
    seed,
    settings,
    observe,
    penalties: penalties.map(({ frozen: _, ...rest }) => rest),
    weights: given.map(([name, { type, dims }]) => [name, type, dims]),
    sides: sides.map(({ shape, labels }) => [shape, labels.length]),
  };
  return sha256(
    JSON.stringify(described),
    ...[network, ...penalties.map(({ frozen }) => frozen)].map(({ graph }) => writeOnnx(graph)),
    ...given.map(([, { data }]) => bytesOf(data)),
    ...sides.flatMap(({ features, labels }) => [bytesOf(features), bytesOf(labels)]),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
