import { add, cast, mean, mul, reshape, slice, tanh } from '../../../src/building/expressions.js';
import { noGradient } from '../../../src/gradients/rule.js';
import { gradientRules } from '../../../src/gradients/table.js';
import type { Value } from '../../../src/graph/value.js';
import { elementCount, float32 } from '../../../src/tensor.js';
import { isTensor, type Row } from '../../gradients/row.js';
import { drawInputs, drawnPositions } from '../../gradients/row-graph.js';
import type { Between } from './between.js';

/**
 * An operator as a row of its tests has it, on numbers that are cut out of maps; what it makes weights the maps. So every
 * operator of the catalogue stands between convolutions, whatever shapes it takes.
 */
export function asInRow(row: Row): Between {
  return (x, stop) => {
    const { graph } = x;
    const drawn = drawInputs(row);
    const moving = row.differentiated ?? drawnPositions(row);
    const flat = reshape(x, [-1]);
    const inputs = row.inputs.map((input, i) => {
      if (input === undefined) return undefined;
      if (isTensor(input)) return graph.constant(input);
      const own = graph.constant(float32(drawn.get(i) as number[], input.dims));
      if (!moving.includes(i)) return own;
      const cut = slice(flat, [7 * i], [7 * i + elementCount(input.dims)], [0]);
      // They stay where the row has them, away from kinks.
      return add(own, mul(tanh(reshape(cut, input.dims)), 0.02));
    });
    const [domain, operator] = row.operator.includes('.')
      ? [row.operator.slice(0, row.operator.lastIndexOf('.')), row.operator.split('.').at(-1) as string]
      : ['', row.operator];
    const options = { domain, outputCount: row.outputCount ?? 1 };
    const [made] = graph.applyAll(operator, inputs, row.attributes, options) as [Value];
    const single = made.type === 'float32' ? made : cast(made, 'float32');
    const passing = gradientRules[row.operator] === noGradient ? stop(single) : single;
    return mul(x, add(tanh(mul(mean(passing, undefined, false), 0.2)), 1.5));
  };
}
