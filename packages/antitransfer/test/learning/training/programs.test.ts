import { type FeedsOf, float32, type OutputsOf, Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { buildPrograms } from '../../../src/learning/training/programs.js';
import type { EvaluationProgram, StepProgram } from '../../../src/learning/training/session.js';
import { trainingSettings } from '../../../src/learning/training/settings.js';

it('layers of many channels take Winograd’s form, unless convolutions are to be direct', () => {
  const network = buildNetwork('vgg16', {
    classes: 2,
    input: [1, 32, 32],
    width: 0.25,
    random: new Random(1),
  });
  const observe = [{ tap: 'conv5_3', position: 'after' }] as const;
  const rewritten = (convolutions: 'fast' | 'direct') => {
    const { train, evaluate } = buildPrograms(network, { objectives: [], observe, convolutions });
    return [train, evaluate].map(({ operations }) => Object.keys(operations));
  };
  const [train, evaluate] = rewritten(trainingSettings.parse({}).convolutions);
  expect(train).toContain('conv4_2');
  expect(evaluate).toContain('conv4_2');
  expect(rewritten('direct')).toEqual([[], []]);
});

it('programs know by name what they are fed and compute', () => {
  const network = buildNetwork('vgg-small', { classes: 2, input: [1, 8, 8], random: new Random(1) });
  const observe = [{ tap: 'conv1_1', position: 'after' }] as const;
  const { train, evaluate } = buildPrograms(network, { objectives: [], observe });
  expect(evaluate.inputs.map(({ name }) => name)).toEqual(['features', 'labels']);
  expect(Object.keys(evaluate.outputs)).toEqual(['crossEntropy', 'probabilities', 'maps']);
  expect(Object.keys(train.outputs)).toEqual(['crossEntropy', 'logits']);
  // @ts-expect-error The labels are missing.
  const feeds: FeedsOf<EvaluationProgram> = { features: float32(0) };
  // @ts-expect-error No step computes that.
  const output: keyof OutputsOf<StepProgram> = 'entropy';
  expect([Object.keys(feeds), output]).toEqual([['features'], 'entropy']);
});
