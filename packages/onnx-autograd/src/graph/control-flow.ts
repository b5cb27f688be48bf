import type { Node, Value } from './value.js';

/** Of a file: loops that are more nodes when they are written out stay loops. */
export const mostUnrolled = 2 ** 15;

/** The operators whose nodes choose or repeat what the graphs within them compute. */
export function isControlFlow({ operator, domain }: Pick<Node, 'operator' | 'domain'>): boolean {
  return domain === '' && ['If', 'Loop', 'Scan'].includes(operator);
}

/** Why a node of control flow stays as it is, and what whoever reads its file can do. */
export function whyKept(node: Pick<Node, 'operator' | 'inputs' | 'attributes'>): {
  readonly why: string;
  readonly hint: string;
} {
  const { why, of } = reason(node);
  return { why, hint: whatToDo(of, node.operator === 'Scan') };
}

interface Reason {
  readonly why: string;
  /** What is not known. */
  readonly of: readonly (Value | undefined)[];
}

const whenRead = 'was not known when the file was read';
const orTooMany = `or they are more than are written out (${mostUnrolled} nodes in a file)`;

function reason({ operator, inputs, attributes }: Pick<Node, 'operator' | 'inputs' | 'attributes'>): Reason {
  const [first, second] = inputs;
  if (operator === 'If') return { why: `its condition "${first?.name}" ${whenRead}`, of: [first] };
  if (operator === 'Loop') {
    const open = [first, second].find((value) => value && value.data === undefined);
    if (open === undefined) return { why: `when its steps end ${whenRead}, ${orTooMany}`, of: inputs };
    const what = open === first ? 'its number of steps' : 'whether it begins';
    return { why: `${what}, "${open.name}", ${whenRead}`, of: [open] };
  }
  const count = typeof attributes.num_scan_inputs === 'number' ? attributes.num_scan_inputs : 1;
  const { body } = attributes;
  const own = typeof body === 'object' && 'body' in body ? body.body.inputs.length : inputs.length;
  return { why: `its number of steps ${whenRead}, ${orTooMany}`, of: inputs.slice(own - count, own) };
}

/** What a reader of the file can tell, so that it is known. */
function whatToDo(values: readonly (Value | undefined)[], bySize: boolean): string {
  const { numbers, sizes } = inputsBehind(values.filter((value) => value !== undefined));
  const whole = bySize ? [] : [...numbers].filter(({ type }) => !type.startsWith('float'));
  const data = bySize ? [] : [...numbers].filter((input) => !whole.includes(input));
  if (data.length > 0)
    return `It depends on what ${quoted(data)} is fed: train what lies behind it, or take the loss of a value before it.`;
  const open = [...new Set(bySize ? [...numbers, ...sizes] : sizes)];
  const constants = whole.map(({ name }) => `"${name}": …`).join(', ');
  const shapes = open.map(({ name }) => `"${name}": […]`).join(', ');
  return [
    constants &&
      `If ${quoted(whole)} is always fed the same, say so when the file is read: readOnnx(bytes, { constants: { ${constants} } }).`,
    shapes &&
      `Tell the sizes of ${quoted(open)} when the file is read: readOnnx(bytes, { shapes: { ${shapes} } }).`,
  ]
    .filter(Boolean)
    .join(' ');
}

function quoted(values: readonly Value[]): string {
  return values.map(({ name }) => `"${name}"`).join(', ');
}

/** The inputs of the graph that values are computed from: from their numbers, or only from their sizes. */
function inputsBehind(values: readonly Value[]): { numbers: Set<Value>; sizes: Set<Value> } {
  const found = { numbers: new Set<Value>(), sizes: new Set<Value>() };
  const seen = new Set(values);
  const sized = new Set<Value>();
  for (const value of seen) {
    if (value.producer === undefined && value.data === undefined) found.numbers.add(value);
    const ofSizes = value.producer?.domain === '' && ['Shape', 'Size'].includes(value.producer.operator);
    for (const input of value.producer?.inputs ?? []) if (input) (ofSizes ? sized : seen).add(input);
  }
  for (const value of sized) {
    if (value.producer === undefined && value.data === undefined) found.sizes.add(value);
    for (const input of value.producer?.inputs ?? []) if (input) sized.add(input);
  }
  return found;
}
