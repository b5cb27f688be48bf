import type { Random } from 'onnx-autograd/random';
import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';

/**
 * As many clips as asked for, all classes equally often, in an order that depends on the seed and the epoch only: each
 * class is shuffled, and the classes take turns. The clips of small classes come again and again.
 */
export function balancedOrder(labels: Int32Array, count: number, epoch: number, random: Random): number[] {
  const order: number[] = [];
  if (count === 0) return order;
  for (const clip of turns(labels, epoch, random)) {
    order.push(clip);
    if (order.length === count) break;
  }
  return order;
}

/**
 * The same order cut into batches that hold no clip twice: a class all of whose clips are in a batch sits out, and a batch is
 * smaller than asked where there are fewer clips.
 */
export function balancedBatches(
  labels: Int32Array,
  { batches, size }: { readonly batches: number; readonly size: number },
  epoch: number,
  random: Random,
): number[][] {
  const full = Math.min(size, labels.length);
  const done: number[][] = [];
  if (full === 0) return Array.from({ length: batches }, () => []);
  let batch = new Set<number>();
  for (const clip of turns(labels, epoch, random)) {
    batch.add(clip);
    if (batch.size < full) continue;
    done.push([...batch]);
    if (done.length === batches) break;
    batch = new Set();
  }
  return done;
}

/** Clips of one class after another, without end; the order of the classes is drawn anew in each turn. */
function* turns(labels: Int32Array, epoch: number, random: Random): Generator<number, never, void> {
  const stream = random.fork(`balanced epoch ${epoch}`);
  const members = membersOf(labels).map((clips) => stream.shuffle(clips));
  for (let turn = 0; ; turn++) {
    for (const list of stream.shuffle(members)) yield itemAt(list, turn % list.length);
  }
}

/** The clips of each class, in the order of the classes. */
function membersOf(labels: Int32Array): number[][] {
  const classes = groupBy(labels.keys(), (clip) => itemAt(labels, clip));
  return [...classes].sort(([a], [b]) => a - b).map(([, clips]) => clips);
}
