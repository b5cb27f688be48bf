import { OnnxFormatError } from '../errors.js';
import { everyGraph, renamedOutside } from './control-flow/subgraphs.js';
import { toNumber } from './read-values.js';
import type { AttributeProto, FunctionProto, ModelProto, NodeProto, OperatorSetProto } from './schema.js';

/** A node of a file, and the version of the standard's operators that it is written in. */
export interface VersionedNode {
  readonly node: NodeProto;
  readonly opset: number;
}

/** The version of the standard's own operators; 0 where it is not told. */
export function standardVersion(imports: readonly OperatorSetProto[] = []): number {
  return toNumber(imports.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 0);
}

/** Functions call each other; a sound file is written out in far fewer steps. */
const mostSteps = 2 ** 15;
const deepest = 64;

/** Writes nodes with what the functions of the file compute in place of the calls. */
export type InlineFunctions = (nodes: readonly NodeProto[], opset: number) => VersionedNode[];

/**
 * Nodes of a model with what its functions compute in place of the calls, as PyTorch writes its operators unless it
 * optimizes them away. Names inside are put behind that of the call. Calls in branches and loops are written out when
 * those are read.
 *
 * @returns throws an OnnxFormatError when functions call themselves, or a call does not fit its function.
 */
export function inliningOf({ graph = {}, functions = [] }: ModelProto): InlineFunctions {
  if (functions.length === 0) return (nodes, opset) => nodes.map((node) => ({ node, opset }));
  const taken = new Set<string>();
  for (const { initializer = [], input = [], node = [] } of everyGraph(graph)) {
    for (const { name } of [...initializer, ...input]) taken.add(name ?? '');
    for (const { output = [] } of node) for (const name of output) taken.add(name);
  }
  const inlining = new Inlining(
    new Map(functions.map((one) => [signature(one.domain, one.name, one.overload), one])),
    taken,
  );
  return (nodes, opset) => {
    inlining.made = [];
    for (const node of nodes) inlining.add(node, opset, 0);
    return inlining.made;
  };
}

function signature(domain = '', name = '', overload = ''): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}

class Inlining {
  made: VersionedNode[] = [];
  #steps = 0;

  constructor(
    readonly functions: ReadonlyMap<string, FunctionProto>,
    readonly taken: Set<string>,
  ) {}

  add(node: NodeProto, opset: number, depth: number): void {
    if (++this.#steps > mostSteps)
      throw new OnnxFormatError(
        `Written out, the functions of the file are more than ${mostSteps} calls and nodes.`,
      );
    const called = this.functions.get(signature(node.domain, node.opType, node.overload));
    if (called === undefined) this.made.push({ node, opset });
    else this.#call(node, called, opset, depth);
  }

  #call(call: NodeProto, called: FunctionProto, opset: number, depth: number): void {
    const what = `The function "${called.name}" (node "${shortened(call.name || call.opType || '')}")`;
    if (depth >= deepest)
      throw new OnnxFormatError(`${what} is called more than ${deepest} deep, or by itself.`);
    const { input = [], output = [], node = [] } = called;
    if ((call.input ?? []).length > input.length || (call.output ?? []).length > output.length)
      throw new OnnxFormatError(
        `${what} has ${input.length} inputs and ${output.length} outputs; the call has more.`,
      );
    const scope = call.name || call.opType || 'function';
    const names = new Map<string, string>();
    for (const [i, name] of input.entries()) names.set(name, call.input?.[i] ?? '');
    for (const [i, name] of output.entries()) {
      const asked = call.output?.[i];
      // What passes an input on computes nothing under the name that the call asks for.
      if (names.has(name)) throw new OnnxFormatError(`${what} has "${name}" as an input and as an output.`);
      if (asked) names.set(name, asked);
    }
    const own = (name: string): string => {
      if (name === '') return '';
      const known = names.get(name);
      if (known !== undefined) return known;
      const made = this.#unique(`${scope}/${name}`);
      names.set(name, made);
      return made;
    };
    const given = attributesOf(call, called);
    const version = standardVersion(called.opsetImport) || opset;
    for (const inner of node) {
      const renamed: NodeProto = {
        ...inner,
        name: `${scope}/${inner.name || inner.opType}`,
        input: (inner.input ?? []).map(own),
        output: (inner.output ?? []).map(own),
        attribute: (inner.attribute ?? [])
          .flatMap((attribute) => resolved(attribute, given))
          .map((attribute) => withinGraph(attribute, own, given)),
      };
      this.add(renamed, version, depth + 1);
    }
  }

  #unique(name: string): string {
    let candidate = name;
    for (let count = 2; this.taken.has(candidate); count++) candidate = `${name}_${count}`;
    this.taken.add(candidate);
    return candidate;
  }
}

/** What a call gives for the attributes of its function, defaults filled in. */
function attributesOf(call: NodeProto, called: FunctionProto): ReadonlyMap<string, AttributeProto> {
  const all = [...(called.attributeDefault ?? []), ...(call.attribute ?? [])];
  return new Map(all.map((attribute) => [attribute.name ?? '', attribute]));
}

/** An attribute of a node in a function, which may stand for one of the function: none where the call gives none. */
function resolved(attribute: AttributeProto, given: ReadonlyMap<string, AttributeProto>): AttributeProto[] {
  const { refAttrName, name = '' } = attribute;
  if (!refAttrName) return [attribute];
  const found = given.get(refAttrName);
  return found === undefined ? [] : [{ ...found, name }];
}

/** The name of a call within calls has the names of all in it. */
function shortened(name: string): string {
  return name.length <= 60 ? name : `${name.slice(0, 30)}…${name.slice(-29)}`;
}

/** The same of a graph in an attribute: it may read values of the function, and stand for its attributes. */
function withinGraph(
  attribute: AttributeProto,
  own: (name: string) => string,
  given: ReadonlyMap<string, AttributeProto>,
): AttributeProto {
  if (attribute.g === undefined) return attribute;
  const attributes = (list: readonly AttributeProto[]) => list.flatMap((one) => resolved(one, given));
  return { ...attribute, g: renamedOutside(attribute.g, own, attributes) };
}
