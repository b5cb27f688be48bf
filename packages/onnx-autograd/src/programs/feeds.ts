import { GraphError } from '../errors.js';
import { sizeOf } from '../graph/derived-size.js';
import type { Shape } from '../graph/shape.js';
import { checkLabels } from '../labels.js';
import { arrayTypes, elementCount, type Tensor } from '../tensor.js';
import type { Program } from './program.js';

/** What the caller feeds: tensors by the name of the input. */
export type Feeds = Readonly<Record<string, Tensor>>;

/**
 * Checks feeds against a program's inputs and reads off what the symbolic sizes are this time.
 *
 * @throws GraphError that names the input, what was given and what is wanted.
 */
export function bindFeeds(program: Pick<Program, 'inputs'>, feeds: Feeds): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, type, shape, classes, ignored } of program.inputs) {
    const tensor = feeds[name];
    const wanted = `${type} (${shape.join(', ')})`;
    if (tensor === undefined) throw new GraphError(`The input "${name}" is missing; wanted ${wanted}.`);
    const given = `${tensor.type} (${tensor.dims.join(', ')})`;
    const fits =
      tensor.type === type &&
      tensor.dims.length === shape.length &&
      shape.every((size, axis) => {
        const actual = tensor.dims[axis] as number;
        const due = typeof size === 'number' ? size : sizes.get(size);
        if (due === undefined) sizes.set(size as string, actual);
        return due === undefined || due === actual;
      });
    if (!fits) {
      const symbols = [...sizes].map(([symbol, size]) => `${symbol} = ${size}`).join(', ');
      throw new GraphError(
        `The input "${name}" is ${given}; wanted ${wanted}${symbols && ` with ${symbols}`}.`,
      );
    }
    const empty = shape.find((size, axis) => typeof size === 'string' && tensor.dims[axis] === 0);
    if (empty !== undefined) {
      throw new GraphError(
        `The input "${name}" is ${given}, which is empty: "${empty}" must be at least 1. Leave empty batches out.`,
      );
    }
    if (!(tensor.data instanceof arrayTypes[type])) {
      throw new GraphError(
        `The input "${name}" holds its numbers as ${tensor.data.constructor.name}; ${type} wants ${arrayTypes[type].name}.`,
      );
    }
    if (tensor.data.length !== elementCount(tensor.dims)) {
      throw new GraphError(
        `The input "${name}" has ${tensor.data.length} elements; its shape (${tensor.dims.join(', ')}) wants ${elementCount(tensor.dims)}.`,
      );
    }
    if (classes !== undefined) checkLabels(`The input "${name}"`, tensor.data, { classes, ignored });
  }
  const unknown = Object.keys(feeds).filter((name) => !program.inputs.some((input) => input.name === name));
  if (unknown.length > 0) {
    const names = program.inputs.map(({ name }) => name).join(', ');
    throw new GraphError(`There is no input "${unknown.join('", "')}"; inputs are ${names}.`);
  }
  return sizes;
}

/**
 * The sizes of a shape when those of the inputs are known.
 *
 * @param of whose shape it is, for the message
 * @throws GraphError where a size depends on more than they tell
 */
export function resolveShape(shape: Shape, sizes: ReadonlyMap<string, number>, of: string): number[] {
  return shape.map((dimension) => {
    const size = sizeOf(dimension, sizes);
    if (size !== undefined) return size;
    throw new GraphError(
      `${of}: the size "${dimension}" is known only when the graph has run. Give sizes as numbers where the network is ` +
        "included, such as graph.input('x', ['batch', 1, 16000]).",
    );
  });
}
