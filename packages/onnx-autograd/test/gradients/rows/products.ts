import { float } from '../../../src/graph/attributes.js';
import { type Row, uniform } from '../row.js';

function matMul(name: string, a: readonly number[], b: readonly number[], batched: number[] = []): Row {
  return { operator: 'MatMul', name, inputs: [uniform(a), uniform(b)], batched };
}

const choices = [0, 1];

export const productRows: readonly Row[] = [
  matMul('matrices', [2, 3], [3, 4], [0]),
  matMul('vector times vector', [3], [3]),
  matMul('vector times matrix', [3], [3, 4]),
  matMul('matrix times vector', [2, 3], [3], [0]),
  matMul('vector times batch', [3], [2, 3, 4], [1]),
  matMul('batch times vector', [2, 4, 3], [3], [0]),
  matMul('deep batch times vector', [2, 3, 4, 3], [3], [0]),
  matMul('batches', [2, 3, 4], [2, 4, 2], [0, 1]),
  matMul('batch times matrix', [2, 3, 4], [4, 2], [0]),
  matMul('matrix times batch', [3, 4], [2, 4, 2], [1]),
  matMul('one matrix stretched over a batch', [1, 3, 4], [2, 4, 2], [1]),
  matMul('batch axes that broadcast both ways', [2, 1, 3, 4], [1, 3, 4, 2], [0]),
  matMul('batch axes of different rank', [3, 3, 4], [2, 1, 4, 2], [1]),
  matMul('one row', [1, 3], [3, 4]),
  ...choices.flatMap((transA) =>
    choices.map(
      (transB): Row => ({
        operator: 'Gemm',
        name: `transA ${transA}, transB ${transB}, alpha and beta`,
        inputs: [uniform(transA ? [3, 2] : [2, 3]), uniform(transB ? [4, 3] : [3, 4]), uniform([2, 4])],
        attributes: { transA, transB, alpha: float(0.5), beta: float(-2) },
        batched: transA ? [] : [0, 2],
      }),
    ),
  ),
  ...[[], [1], [4], [1, 4], [2, 1]].map(
    (bias): Row => ({
      operator: 'Gemm',
      name: `bias of shape (${bias.join(', ')})`,
      inputs: [uniform([2, 3]), uniform([3, 4]), uniform(bias)],
      batched: bias[0] === 2 ? [0, 2] : [0],
    }),
  ),
  ...choices.flatMap((transA) =>
    choices.map(
      (transB): Row => ({
        operator: 'com.microsoft.FusedMatMul',
        name: `transA ${transA}, transB ${transB}`,
        inputs: [uniform(transA ? [2, 4, 3] : [2, 3, 4]), uniform(transB ? [5, 4] : [4, 5])],
        attributes: { transA, transB, alpha: float(1.5) },
        precision: 'float32',
        batched: [0],
      }),
    ),
  ),
  {
    operator: 'Gemm',
    name: 'no bias',
    inputs: [uniform([2, 3]), uniform([4, 3])],
    attributes: { transB: 1 },
  },
  ...(
    [
      ['a matrix product', 'ij,jk->ik', [2, 3], [3, 4]],
      ['the output implied', 'ij, jk', [2, 3], [3, 4]],
      ['batched, transposed', 'bij,bkj->bki', [2, 3, 4], [2, 2, 4]],
      ['an index that is summed in one input', 'bijm,bj->bi', [2, 3, 2, 2], [2, 2]],
      ['an outer product', 'i,j->ji', [3], [2]],
      ['axes that are not named', '...ij,...jk->...ik', [2, 3, 2], [2, 2, 4]],
      ['as many axes as there are, the output implied', '...j,j', [2, 2, 3], [3]],
      ['more of them in one input', 'b...i,i->b...', [2, 3, 2], [2]],
      ['two inputs, broadcast', 'a...,...b->...ab', [2, 1, 3], [2, 1, 4]],
      ['one of the first that is broadcast', '...i,...i->...', [1, 3], [2, 3]],
      ['a name that is broadcast', 'ij,ij->i', [2, 3], [2, 1]],
      ['a diagonal', 'bii,bi->bi', [2, 3, 3], [2, 3]],
      ['two diagonals, one of them summed', 'iijj,i->i', [2, 2, 3, 3], [2]],
      ['a trace', 'ii,j->j', [3, 3], [2]],
    ] as const
  ).map(
    ([name, equation, a, b]): Row => ({
      operator: 'Einsum',
      name,
      inputs: [uniform(a), uniform(b)],
      attributes: { equation },
    }),
  ),
  {
    operator: 'Einsum',
    name: 'one input',
    inputs: [uniform([2, 3, 4])],
    attributes: { equation: 'bij->jb' },
  },
];
