import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { mapShape } from '../../../src/learning/networks/network.js';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { convolutionsOf } from './small-networks.js';

describe('vgg-small', () => {
  it("has the pilot's six taps behind batch normalization", () => {
    const network = buildNetwork('vgg-small', { classes: 10, input: [1, 62, 64], random: new Random(0) });
    expect(
      convolutionsOf(network).map(({ name, before }) => `${name} ${mapShape(before).join(' x ')}`),
    ).toEqual([
      'conv1_1 16 x 62 x 64',
      'conv2_1 32 x 31 x 32',
      'conv3_1 48 x 15 x 16',
      'conv3_2 48 x 15 x 16',
      'conv4_1 64 x 7 x 8',
      'conv4_2 64 x 7 x 8',
    ]);
    for (const { before } of convolutionsOf(network))
      expect(before.producer?.operator).toBe('BatchNormalization');
  });
});
