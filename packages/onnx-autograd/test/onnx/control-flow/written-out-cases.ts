import {
  branch,
  type Case,
  choice,
  floats,
  graph,
  info,
  int,
  ints,
  loop,
  node,
  square,
  step,
  summing,
  truth,
  typed,
  whole,
  within,
} from './models.js';

const relu = branch(node('Relu', ['x'], ['r']));
const tanh = branch(node('Tanh', ['x'], ['t']));
const [yes, no] = [truth('yes', true), truth('no', false)];

/** Models whose control flow is known before they run. */
export const writtenOut: Readonly<Record<string, Case>> = {
  'a branch by a constant': { initializers: [yes], nodes: [choice('yes', ['y'], [tanh, relu])] },
  'the other branch': { initializers: [no], nodes: [choice('no', ['y'], [relu, tanh])] },
  'a branch by a size, of another rank than the other': {
    initializers: [whole('index', [], 0), whole('two', [], 2), whole('first', [1], 0)],
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'index'], ['size']),
      node('Equal', ['size', 'two'], ['is']),
      choice('is', ['y'], [branch(node('Unsqueeze', ['x', 'first'], ['u'])), tanh]),
    ],
  },
  'a branch in a branch, with names as around it': {
    initializers: [yes, no],
    nodes: [
      choice(
        'yes',
        ['y'],
        [
          branch(
            choice(
              'no',
              ['inner'],
              [relu, branch(node('Sin', ['x'], ['a']), node('Mul', ['a', 'x'], ['r']))],
            ),
            node('Tanh', ['inner'], ['y']),
          ),
          relu,
        ],
      ),
    ],
  },
  'a branch that passes on what is around it': {
    initializers: [yes],
    nodes: [
      node('Sin', ['x'], ['s']),
      choice('yes', ['y'], [branch(node('Identity', ['s'], ['same'])), relu]),
    ],
  },
  'a branch that reads what stands behind it in the file': {
    initializers: [yes],
    nodes: [
      choice('yes', ['y'], [branch(node('Tanh', ['later'], ['t'])), relu]),
      node('Sin', ['x'], ['later']),
    ],
  },
  'branches of the same names, one behind the other': {
    initializers: [yes],
    nodes: [
      choice('yes', ['a'], [tanh, relu]),
      choice('yes', ['b'], [tanh, relu]),
      node('Add', ['a', 'b'], ['y']),
    ],
  },
  'a loop': {
    initializers: [square, whole('three', [], 3), yes],
    nodes: [loop(['three', 'yes', 'x'], ['y'], step)],
  },
  'a loop that gathers what its steps make, by their numbers': {
    initializers: [square, whole('three', [], 3)],
    outputs: [typed('y', 'float32'), typed('all', 'float32')],
    nodes: [
      loop(
        ['three', '', 'x'],
        ['y', 'all'],
        [...step, node('Cast', ['i'], ['f'], [int('to', 1)]), node('Mul', ['next', 'f'], ['product'])],
        { made: ['product'] },
      ),
    ],
  },
  'a loop of one step': {
    initializers: [square, whole('one', [1], 1)],
    outputs: [typed('all', 'float32')],
    nodes: [
      loop(['one', '', 'x'], ['last', 'all'], [...step, node('Sin', ['next'], ['s'])], { made: ['s'] }),
    ],
  },
  'a loop of no steps': {
    initializers: [square, whole('none', [], 0)],
    nodes: [loop(['none', '', 'x'], ['h1'], step), node('Sin', ['h1'], ['y'])],
  },
  'a loop that begins with no': {
    initializers: [square, no],
    nodes: [loop(['', 'no', 'x'], ['h1'], step), node('Sin', ['h1'], ['y'])],
  },
  'a loop that counts for itself': {
    initializers: [
      square,
      yes,
      whole('zero', [], 0),
      whole('one', [], 1),
      whole('four', [], 4),
      whole('most', [], 99),
    ],
    nodes: [
      node(
        'Loop',
        ['most', 'yes', 'zero', 'x'],
        ['count', 'y'],
        [
          within(
            'body',
            graph([...step, node('Add', ['n', 'one'], ['n1']), node('Less', ['n1', 'four'], ['on'])], {
              inputs: [
                info('i', ['int64']),
                info('go', ['bool']),
                info('n', ['int64']),
                typed('h', 'float32'),
              ],
              outputs: [typed('on', 'bool'), typed('n1', 'int64'), typed('next', 'float32')],
            }),
          ),
        ],
      ),
    ],
  },
  'a state that grows': {
    initializers: [whole('three', [], 3)],
    nodes: [
      loop(
        ['three', '', 'x'],
        ['y'],
        [node('Tanh', ['h'], ['t']), node('Concat', ['h', 't'], ['next'], [int('axis', 1)])],
      ),
    ],
  },
  'a loop in a loop, and a branch by the number of the step': {
    initializers: [square, whole('two', [], 2), whole('one', [], 1)],
    nodes: [
      loop(
        ['two', '', 'x'],
        ['y'],
        [
          loop(['two', '', 'h'], ['inner'], [node('MatMul', ['k', 'w'], ['m']), node('Sin', ['m'], ['k1'])], {
            states: ['k'],
            next: ['k1'],
            inputs: [info('j', ['int64']), info('go2', ['bool']), typed('k', 'float32')],
            outputs: [typed('go2', 'bool'), typed('k1', 'float32')],
          }),
          node('Equal', ['i', 'one'], ['is']),
          choice(
            'is',
            ['next'],
            [branch(node('Tanh', ['inner'], ['a'])), branch(node('Mul', ['inner', 'h'], ['a']))],
          ),
        ],
      ),
    ],
  },
  'a loop that lists what its steps make': {
    initializers: [square, whole('three', [], 3)],
    nodes: [
      node('SequenceEmpty', [], ['empty']),
      node(
        'Loop',
        ['three', '', 'x', 'empty'],
        ['last', 'list'],
        [
          within(
            'body',
            graph(
              [...step, node('SequenceInsert', ['seq', 'next'], ['seq1']), node('Identity', ['go'], ['on'])],
              {
                inputs: [
                  info('i', ['int64']),
                  info('go', ['bool']),
                  typed('h', 'float32'),
                  {
                    name: 'seq',
                    type: { sequenceType: { elemType: { tensorType: { elemType: 1 } } } },
                  } as never,
                ],
                outputs: [
                  typed('on', 'bool'),
                  typed('next', 'float32'),
                  {
                    name: 'seq1',
                    type: { sequenceType: { elemType: { tensorType: { elemType: 1 } } } },
                  } as never,
                ],
              },
            ),
          ),
        ],
      ),
      node('ConcatFromSequence', ['list'], ['y'], [int('axis', 1), int('new_axis', 1)]),
    ],
  },
  'a scan': {
    initializers: [floats('h0', [3], 0.1, 0.2, 0.3)],
    outputs: [typed('y', 'float32'), typed('all', 'float32')],
    nodes: [node('Scan', ['h0', 'x'], ['y', 'all'], [int('num_scan_inputs', 1), within('body', summing)])],
  },
  'a scan backwards, over the last axis': {
    initializers: [floats('h0', [2], 0.1, 0.2)],
    outputs: [typed('y', 'float32'), typed('all', 'float32')],
    nodes: [
      node(
        'Scan',
        ['h0', 'x'],
        ['y', 'all'],
        [
          int('num_scan_inputs', 1),
          ints('scan_input_axes', -1),
          ints('scan_input_directions', 1),
          ints('scan_output_axes', 1),
          ints('scan_output_directions', 1),
          within('body', summing),
        ],
      ),
    ],
  },
  'a branch in a function': {
    initializers: [yes],
    functions: [
      {
        name: 'Own',
        domain: 'own',
        input: ['a', 'c'],
        output: ['b'],
        opsetImport: [{ domain: '', version: 17 }],
        node: [
          node('Sin', ['a'], ['s']),
          choice('c', ['b'], [branch(node('Mul', ['s', 'a'], ['m'])), branch(node('Relu', ['s'], ['m']))]),
        ],
      },
    ],
    nodes: [
      node('Own', ['x', 'yes'], ['h'], [], { domain: 'own', name: 'first' }),
      node('Own', ['h', 'yes'], ['y'], [], { domain: 'own', name: 'second' }),
    ],
  },
};
