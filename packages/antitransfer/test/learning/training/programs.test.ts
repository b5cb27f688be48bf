import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { buildPrograms } from '../../../src/learning/training/programs.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';

it('layers of many channels take Winograd’s form, unless convolutions are to be direct', () => {
  const network = buildNetwork('vgg16', {
    classes: 2,
    input: [1, 32, 32],
    width: 0.25,
    random: new Random(1),
  });
  const observe = { tap: 'conv5_3', position: 'after' } as const;
  const rewritten = (convolutions: 'fast' | 'direct') => {
    const { train, evaluate } = buildPrograms(network, { objectives: [], observe, convolutions });
    return [train, evaluate].map(({ operations }) => Object.keys(operations));
  };
  const [train, evaluate] = rewritten(trainingSettings.parse({}).convolutions);
  expect(train).toContain('conv4_2');
  expect(evaluate).toContain('conv4_2');
  expect(rewritten('direct')).toEqual([[], []]);
});
