import type { Graph } from '../building/graph.js';
import { readProgram } from '../onnx/read.js';
import type { OptimizerSettings } from '../optimizers/optimizer.js';
import { appendUpdate, type UpdateGraph } from '../passes/append-update.js';
import type { Program, TrainingProgram } from './program.js';

/** The graph of a program. */
export function graphOf({ model }: Program): Graph {
  return readProgram(model);
}

/**
 * The graph of a training program with the optimizer behind it, for a device that keeps the weights. Gradients that
 * nobody asks for are no outputs of it: they are used where they are, as outputs they would be copied.
 *
 * @param clipNorm the gradient's norm is scaled down to it when it is larger.
 */
export function withUpdate(
  program: TrainingProgram,
  optimizer: OptimizerSettings,
  clipNorm: number | undefined,
): { readonly graph: Graph; readonly update: UpdateGraph } {
  const graph = graphOf(program);
  const update = appendUpdate(graph, program.gradients, optimizer, clipNorm);
  const unread = new Set(Object.values(program.gradients));
  for (const name of Object.values(program.outputs)) unread.delete(name);
  graph.setOutputs(graph.outputs.filter(({ name }) => !unread.has(name)));
  return { graph, update };
}

export { type UpdateGraph, updateFeeds } from '../passes/append-update.js';
