import type { Attributes } from '../../../src/graph/attributes.js';
import { type Row, uniform } from '../row.js';

type Dims = readonly number[];

function conv(name: string, x: Dims, filter: Dims, attributes: Attributes = {}, bias = true): Row {
  const inputs = [uniform(x), uniform(filter), ...(bias ? [uniform([filter[0] as number])] : [])];
  return { operator: 'Conv', name, inputs, attributes, precision: 'float32', batched: [0] };
}

function transposed(name: string, x: Dims, filter: Dims, attributes: Attributes = {}, bias = true): Row {
  const out = (filter[1] as number) * ((attributes.group as number | undefined) ?? 1);
  const inputs = [uniform(x), uniform(filter), ...(bias ? [uniform([out])] : [])];
  return { operator: 'ConvTranspose', name, inputs, attributes, precision: 'float32', batched: [0] };
}

const same = { pads: [1, 1, 1, 1] };

export const convolutionRows: readonly Row[] = [
  // The four forms of the filter's gradient.
  conv('2-D, shifted products', [2, 4, 6, 5], [4, 4, 3, 3], same),
  conv('2-D, tiny map with many channels: batch folded', [2, 12, 3, 2], [24, 12, 3, 3], same),
  conv('2-D, wide map with few channels: gathered product', [2, 1, 4, 17], [6, 1, 3, 3], same),
  conv('2-D, strided: as a convolution', [2, 3, 7, 6], [4, 3, 3, 3], { strides: [2, 2], ...same }),
  // Their corners.
  conv('no bias', [2, 3, 5, 5], [2, 3, 3, 3], same, false),
  conv('1x1', [2, 3, 4, 5], [4, 3, 1, 1]),
  conv('1x1 strided, a rest at the end', [2, 3, 6, 5], [2, 3, 1, 1], { strides: [2, 3] }),
  conv('1x1, one channel to many', [2, 1, 3, 4], [5, 1, 1, 1]),
  conv('1x1, tiny map with many channels', [2, 16, 2, 1], [16, 16, 1, 1]),
  conv('a filter that is not square', [2, 3, 6, 7], [3, 3, 2, 4], { pads: [0, 1, 1, 2] }),
  conv('a single row', [2, 3, 5, 6], [3, 3, 1, 5], { pads: [0, 2, 0, 2] }),
  conv('a single column', [2, 3, 5, 6], [3, 3, 4, 1], { pads: [2, 0, 1, 0] }),
  conv('the filter as large as the map', [2, 3, 4, 5], [4, 3, 4, 5]),
  conv('asymmetric padding', [2, 3, 5, 6], [3, 3, 3, 3], { pads: [0, 2, 1, 1] }),
  conv('asymmetric padding, few channels', [2, 1, 5, 6], [4, 1, 3, 3], { pads: [2, 0, 0, 1] }),
  conv('asymmetric padding, batch folded', [2, 16, 3, 3], [24, 16, 3, 3], { pads: [0, 1, 2, 1] }),
  conv('padding beyond the filter’s reach', [2, 2, 4, 3], [2, 2, 2, 2], { pads: [2, 3, 3, 2] }),
  conv('dilated', [2, 3, 7, 8], [3, 3, 3, 3], { dilations: [2, 3], pads: [1, 2, 3, 4] }),
  conv('dilated, few channels', [2, 1, 7, 8], [4, 1, 3, 3], { dilations: [2, 1], pads: [2, 1, 2, 1] }),
  conv('dilated, batch folded', [2, 16, 4, 3], [12, 16, 2, 2], { dilations: [2, 1] }),
  conv('strided and dilated', [2, 2, 9, 8], [3, 2, 3, 2], {
    strides: [2, 3],
    dilations: [2, 2],
    pads: [1, 0, 2, 1],
  }),
  conv('stride beyond the filter', [2, 2, 8, 7], [3, 2, 2, 2], { strides: [3, 3] }),
  conv('grouped', [2, 4, 5, 4], [6, 2, 3, 3], { group: 2, ...same }),
  conv('grouped, strided, dilated', [2, 6, 8, 7], [3, 2, 2, 3], {
    group: 3,
    strides: [2, 1],
    dilations: [1, 2],
    pads: [0, 1, 1, 2],
  }),
  conv('depthwise', [2, 3, 5, 6], [3, 1, 3, 3], { group: 3, ...same }),
  conv('depthwise with a multiplier', [2, 2, 6, 5], [6, 1, 3, 3], { group: 2, strides: [2, 2], ...same }),
  conv('1-D', [2, 3, 9], [4, 3, 3], { pads: [1, 1] }),
  conv('1-D, few channels, asymmetric', [2, 1, 11], [5, 1, 4], { pads: [3, 1] }),
  conv('1-D, batch folded', [2, 12, 3], [24, 12, 3], { pads: [1, 1] }),
  conv('1-D, strided, dilated, grouped', [2, 4, 12], [4, 2, 3], {
    strides: [2],
    dilations: [2],
    group: 2,
    pads: [2, 1],
  }),
  conv('3-D', [2, 2, 4, 3, 5], [3, 2, 2, 3, 3], { pads: [0, 1, 1, 1, 1, 0] }),
  conv('3-D, strided and grouped', [1, 4, 5, 4, 4], [4, 2, 2, 2, 3], { strides: [2, 1, 2], group: 2 }),
  conv('auto_pad SAME_UPPER', [2, 2, 5, 6], [3, 2, 2, 4], { auto_pad: 'SAME_UPPER' }),
  conv('auto_pad SAME_LOWER, strided', [2, 2, 6, 7], [3, 2, 3, 4], {
    auto_pad: 'SAME_LOWER',
    strides: [2, 2],
  }),
  conv('auto_pad VALID', [2, 2, 5, 6], [3, 2, 3, 2], { auto_pad: 'VALID' }),
  conv('batch of one', [1, 3, 5, 5], [3, 3, 3, 3], same),

  transposed('2-D', [2, 3, 4, 3], [3, 2, 3, 3]),
  transposed('no bias', [2, 3, 4, 3], [3, 2, 2, 2], {}, false),
  transposed('strided', [2, 3, 3, 4], [3, 2, 3, 2], { strides: [2, 3], pads: [1, 0, 0, 1] }),
  transposed('output_padding', [2, 2, 3, 3], [2, 3, 3, 3], {
    strides: [2, 3],
    output_padding: [1, 2],
    pads: [1, 1, 1, 1],
  }),
  transposed('grouped', [2, 4, 3, 3], [4, 3, 2, 3], { group: 2, strides: [2, 1] }),
  transposed('depthwise', [2, 3, 4, 3], [3, 1, 3, 3], { group: 3, strides: [2, 2] }),
  transposed('dilated', [2, 2, 4, 3], [2, 3, 3, 2], { dilations: [2, 3], pads: [1, 2, 0, 1] }),
  transposed('few channels out', [2, 6, 4, 5], [6, 1, 3, 3]),
  transposed('tiny map with many channels', [2, 16, 2, 2], [16, 12, 3, 3], { pads: [1, 1, 1, 1] }),
  transposed('1-D, strided', [2, 3, 5], [3, 2, 4], { strides: [2], pads: [1, 1] }),
  transposed('3-D', [1, 2, 3, 2, 3], [2, 2, 2, 3, 2], { strides: [2, 1, 2] }),
  transposed('auto_pad SAME_UPPER', [2, 2, 3, 4], [2, 2, 3, 4], {
    auto_pad: 'SAME_UPPER',
    strides: [2, 2],
  }),
  transposed('auto_pad SAME_LOWER', [2, 2, 3, 4], [2, 2, 4, 3], {
    auto_pad: 'SAME_LOWER',
    strides: [2, 2],
  }),
  transposed('output_shape', [2, 2, 3, 4], [2, 2, 3, 3], { strides: [2, 2], output_shape: [6, 8] }),
  transposed('output_shape beyond the windows', [1, 2, 3, 3], [2, 2, 3, 3], {
    strides: [3, 2],
    output_shape: [10, 8],
  }),
];
