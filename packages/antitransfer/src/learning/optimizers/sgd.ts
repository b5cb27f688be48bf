import { sgd as settingsOfSgd } from 'onnx-autograd';
import { z } from 'zod';
import { decaySettings, defineOptimizer } from './definition.js';

export const sgd = defineOptimizer({
  name: 'sgd',
  description: 'stochastic gradient descent with momentum',
  settings: decaySettings.extend({
    momentum: z.number().min(0).max(1).default(0.9).describe('Momentum, for sgd'),
  }),
  create: ({ weightDecay, momentum }, learningRate) => settingsOfSgd({ learningRate, weightDecay, momentum }),
});
