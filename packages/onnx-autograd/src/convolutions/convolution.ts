import { readInt } from '../graph/attributes.js';
import { staticSizes } from '../graph/shape.js';
import type { Node, Value } from '../graph/value.js';
import { readWindow, type Window } from '../shapes/windows.js';

/** What a convolution does, beside its operands. */
export interface Convolution {
  readonly window: Window;
  readonly groups: number;
}

/** The convolution that a `Conv` node describes. */
export function convolutionOf(node: Pick<Node, 'attributes'>, x: Value, filter: Value): Convolution {
  const kernel = staticSizes(filter.knownShape.slice(2), 'Conv');
  return {
    window: readWindow(node.attributes, kernel, x.knownShape.slice(2)),
    groups: readInt(node.attributes, 'group', 1),
  };
}

/** The same as attributes of a node. */
export function attributesOf({ window, groups }: Convolution) {
  return {
    kernel_shape: [...window.kernel],
    strides: [...window.strides],
    dilations: [...window.dilations],
    pads: [...window.padBegin, ...window.padEnd],
    group: groups,
  };
}

/** Whether it is the usual one of deep networks: 3 x 3, padding 1, every place, all channels. */
export function isThreeByThree({ window, groups }: Convolution): boolean {
  const { kernel, strides, dilations, padBegin, padEnd } = window;
  const ones = [...strides, ...dilations, ...padBegin, ...padEnd, groups];
  return kernel.length === 2 && kernel.every((size) => size === 3) && ones.every((one) => one === 1);
}
