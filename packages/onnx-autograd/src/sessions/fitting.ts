import { GraphError } from '../errors.js';
import { elementCount, type Tensor } from '../tensor.js';
import type { SnapshotNumbers } from './snapshot.js';

/** What a training holds by name: types and shapes are enough to tell whether a tensor can take a weight's place. */
export type Held = ReadonlyMap<string, Pick<Tensor, 'type' | 'dims'>>;

/**
 * The tensor, when it can stand in for the weight of that name.
 *
 * @throws GraphError when there is no such weight, or it has another type or shape.
 */
export function fitting(held: Held, name: string, tensor: Tensor | undefined, where: string): Tensor {
  const weight = held.get(name);
  if (weight === undefined) {
    throw new GraphError(`There is no weight "${name}"; weights are ${[...held.keys()].join(', ')}.`);
  }
  const wanted = `${weight.type} (${weight.dims.join(', ')})`;
  const given = tensor === undefined ? 'missing' : `${tensor.type} (${tensor.dims.join(', ')})`;
  if (tensor === undefined || given !== wanted || tensor.data.length !== elementCount(weight.dims)) {
    throw new GraphError(`The weight "${name}" is ${wanted}; in ${where} it is ${given}.`);
  }
  return tensor;
}

/**
 * The optimizer's arrays in a snapshot, by the name of the weight; weights that never moved have none.
 *
 * @param slots the names of the optimizer's arrays.
 * @throws GraphError when the snapshot is of another training or of another optimizer.
 */
export function fittingSlots(
  held: Held,
  { weights, optimizer }: SnapshotNumbers,
  slots: readonly string[],
  kind: string,
): Map<string, Tensor[]> {
  for (const name of held.keys()) fitting(held, name, weights[name], 'the snapshot');
  const found = new Map<string, Tensor[]>();
  for (const name of held.keys()) {
    const stored = slots.map((slot) => optimizer[slot]?.[name]);
    if (stored.every((slot) => slot === undefined)) continue;
    found.set(
      name,
      stored.map((slot) => fitting(held, name, slot, 'the snapshot')),
    );
  }
  const foreign = Object.keys(optimizer).find((slot) => !slots.includes(slot));
  if (foreign !== undefined) {
    throw new GraphError(
      `The snapshot's "${foreign}" is of another optimizer than this training's "${kind}".`,
    );
  }
  return found;
}
