import { applyFolded } from '../fold-constants.js';
import type { VersionedNode } from '../inline-functions.js';
import type { Reading } from '../reading.js';
import type { NodeProto } from '../schema.js';
import { isValue } from '../scope.js';
import { takeBranch } from './choice.js';
import { type Flow, flowOf, type Results } from './flow.js';
import { keepChoice, keepLoop, keepScan } from './kept.js';
import { unrollLoop } from './loop.js';
import { unrollScan } from './scan.js';

/** How the nodes of an operator are read: as what they compute, or, where that is not known, as they are. */
interface Kind {
  readonly written: (reading: Reading, flow: Flow) => Results | undefined;
  readonly kept: (reading: Reading, flow: Flow) => Results;
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['If', { written: takeBranch, kept: keepChoice }],
  ['Loop', { written: unrollLoop, kept: keepLoop }],
  ['Scan', { written: unrollScan, kept: keepScan }],
]);

/** Whether a node chooses or repeats what the graphs within it compute. */
export function isControlFlow({ opType = '', domain }: NodeProto): boolean {
  return (!domain || domain === 'ai.onnx') && kinds.has(opType);
}

/** Reads a node of control flow. */
export function readControlFlow(reading: Reading, { node, opset }: VersionedNode): void {
  const flow = flowOf(reading, node, opset);
  const kind = kinds.get(flow.operator) as Kind;
  const results = kind.written(reading, flow) ?? kind.kept(reading, flow);
  for (const [i, output] of flow.outputs.entries()) {
    const result = results[i];
    if (output !== '' && result !== undefined)
      reading.scope.define(output, underName(reading, output, result));
  }
}

/** What a branch only passes on has a name already: where it is an output of the whole graph, it is found by this one. */
function underName({ graph, scope, outputs }: Reading, output: string, result: NonNullable<Results[number]>) {
  const name = scope.nameOf(output);
  graph.release(name);
  if (!isValue(result) || !scope.isWhole || !outputs.has(output) || result.name === name) return result;
  const identity = { operator: 'Identity', inputs: [result], attributes: {} };
  return applyFolded(graph, identity, { outputs: [name] })[0] ?? result;
}
