import type { Random } from 'onnx-autograd/random';
import { itemAt } from '../../lookup.js';

/**
 * As many clips as asked for, all classes equally often, in an order that depends on the seed and the epoch only: each
 * class is shuffled, and the classes take turns.
 */
export function balancedOrder(labels: Int32Array, count: number, epoch: number, random: Random): number[] {
  const stream = random.fork(`balanced epoch ${epoch}`);
  const members = membersOf(labels).map((clips) => stream.shuffle(clips));
  const order: number[] = [];
  for (let turn = 0; order.length < count; turn++) {
    for (const list of stream.shuffle(members)) {
      if (order.length < count) order.push(itemAt(list, turn % list.length));
    }
  }
  return order;
}

/** The clips of each class, in the order of the classes. */
function membersOf(labels: Int32Array): number[][] {
  const classes = new Map<number, number[]>();
  for (const [clip, label] of labels.entries()) {
    const members = classes.get(label);
    if (members === undefined) classes.set(label, [clip]);
    else members.push(clip);
  }
  return [...classes.entries()].sort(([a], [b]) => a - b).map(([, clips]) => clips);
}
