import { expressions, float32, sizeAt, type Tensor, type Value } from 'onnx-autograd';
import { z } from 'zod';
import { itemAt } from '../../lookup.js';
import { membership } from './groups.js';
import type { ClipClasses, StepGraph } from './objective.js';

const { mul, reshape, unsqueeze } = expressions;

/** What clips are counted by: the target's classes, an orthogonal task's, or pairs of both. */
export const cellKinds = z.enum(['class', 'group', 'class-group']);

type CellKind = z.infer<typeof cellKinds>;

interface Task {
  readonly name: string;
  readonly classes: number;
}

/** Orthogonal tasks whose labels cells are made of. */
export function cellGroups(over: CellKind, task: Task): string[] {
  return over === 'class' ? [] : [task.name];
}

/** What each clip is one of. */
export function cellsOf({ labels, groups }: ClipClasses, over: CellKind, task: Task): Int32Array {
  const group = groups[task.name];
  if (over === 'class' || group === undefined) return labels;
  return over === 'group' ? group : labels.map((label, clip) => label * task.classes + itemAt(group, clip));
}

/** How many cells there are, also those without a clip. */
function cellCount(over: CellKind, classes: number, task: Task): number {
  if (over === 'class') return classes;
  return over === 'group' ? task.classes : classes * task.classes;
}

/** The training's clips in each cell: float32, `(cells)`. */
export function clipsPerCell(clips: ClipClasses, over: CellKind, classes: number, task: Task): Tensor {
  const counts = new Float32Array(cellCount(over, classes, task));
  for (const cell of cellsOf(clips, over, task)) counts[cell] = (counts[cell] ?? 0) + 1;
  return float32(counts, [counts.length]);
}

/** Which of the target's clips in the batch are of which cell: `(cells, clips)`, ones and zeros. */
export function cellMembership(step: StepGraph, over: CellKind, task: Task): Value {
  const ofClass = () => membership(step.labels(), classesOf(step));
  const ofGroup = () => membership(step.classes('batch', task.name), task.classes);
  if (over === 'class') return ofClass();
  if (over === 'group') return ofGroup();
  const pairs = mul(unsqueeze(ofClass(), [1]), unsqueeze(ofGroup(), [0]));
  return reshape(pairs, [cellCount(over, classesOf(step), task), -1]);
}

/** The cells' numbers as an input of the step: `(cells)`. */
export function cellInput(step: StepGraph, key: string, over: CellKind, task: Task): Value {
  return step.feed(key, [cellCount(over, classesOf(step), task)]);
}

function classesOf({ network }: StepGraph): number {
  return sizeAt(network.logits, 1);
}
