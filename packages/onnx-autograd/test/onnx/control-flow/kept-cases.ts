import { float32, int64, type Tensor } from '../../../src/tensor.js';
import {
  branch,
  type Case,
  choice,
  floats,
  graph,
  info,
  int,
  loop,
  node,
  square,
  step,
  summing,
  typed,
  whole,
  within,
} from './models.js';

export const x = float32([1, -2, 3, 0.5, 0.25, -0.75], [2, 3]);
export const bool = (value: number): Tensor => ({ type: 'bool', dims: [], data: Uint8Array.of(value) });
export const given = [info('x', ['float32', 2, 3]), info('c', ['bool'])];
const counted = [info('x', ['float32', 2, 3]), info('n', ['int64'])];

/** Models whose control flow is seen when they run. */
export const kept: Readonly<Record<string, { one: Case; feeds: Readonly<Record<string, Tensor>>[] }>> = {
  'a branch by an input': {
    one: {
      inputs: given,
      nodes: [
        node('Sin', ['x'], ['s']),
        choice('c', ['y'], [branch(node('Mul', ['s', 'x'], ['a'])), branch(node('Tanh', ['s'], ['a']))]),
      ],
    },
    feeds: [
      { x, c: bool(1) },
      { x, c: bool(0) },
    ],
  },
  'branches of other ranks, with weights and constants of their own': {
    one: {
      inputs: given,
      nodes: [
        choice(
          'c',
          ['y'],
          [
            graph([node('MatMul', ['x', 'own'], ['a'])], {
              outputs: [typed('a', 'float32')],
              initializers: [floats('own', [3, 1], 1, 2, 3)],
            }),
            graph([node('Unsqueeze', ['x', 'axis'], ['a'])], {
              outputs: [typed('a', 'float32')],
              initializers: [whole('axis', [1], 0)],
            }),
          ],
        ),
      ],
    },
    feeds: [
      { x, c: bool(1) },
      { x, c: bool(0) },
    ],
  },
  'branches in branches, in an older opset': {
    one: {
      opset: 11,
      inputs: given,
      initializers: [square],
      nodes: [
        choice(
          'c',
          ['y'],
          [
            branch(
              node('ReduceSum', ['x'], ['r'], [{ name: 'axes', type: 7, ints: [1] }]),
              node('Not', ['c'], ['d']),
              choice(
                'd',
                ['a'],
                [branch(node('Sin', ['r'], ['b'])), branch(node('MatMul', ['x', 'w'], ['b']))],
              ),
            ),
            branch(node('Relu', ['x'], ['a'])),
          ],
        ),
      ],
    },
    feeds: [
      { x, c: bool(1) },
      { x, c: bool(0) },
    ],
  },
  'a branch in a loop that is written out': {
    one: {
      inputs: given,
      initializers: [square, whole('two', [], 2)],
      nodes: [
        loop(
          ['two', '', 'x'],
          ['y'],
          [
            node('MatMul', ['h', 'w'], ['m']),
            choice(
              'c',
              ['next'],
              [branch(node('Sin', ['m'], ['a'])), branch(node('Mul', ['m', 'h'], ['a']))],
            ),
          ],
        ),
      ],
    },
    feeds: [
      { x, c: bool(1) },
      { x, c: bool(0) },
    ],
  },
  'a loop of as many steps as it is told': {
    one: {
      inputs: counted,
      outputs: [typed('y', 'float32'), typed('all', 'float32')],
      initializers: [square],
      nodes: [loop(['n', '', 'x'], ['y', 'all'], [...step, node('Sin', ['m'], ['s'])], { made: ['s'] })],
    },
    feeds: [
      { x, n: int64(3) },
      { x, n: int64(1) },
    ],
  },
  'a loop with a state that grows': {
    one: {
      inputs: counted,
      nodes: [loop(['n', '', 'x'], ['y'], [node('Concat', ['h', 'x'], ['next'], [int('axis', 1)])])],
    },
    feeds: [
      { x, n: int64(3) },
      { x, n: int64(1) },
    ],
  },
  'a scan over a length that is open': {
    one: {
      inputs: [info('x', ['float32', 'time', 3])],
      outputs: [typed('y', 'float32'), typed('all', 'float32')],
      initializers: [floats('h0', [3], 0.1, 0.2, 0.3)],
      nodes: [node('Scan', ['h0', 'x'], ['y', 'all'], [int('num_scan_inputs', 1), within('body', summing)])],
    },
    feeds: [{ x }],
  },
};
