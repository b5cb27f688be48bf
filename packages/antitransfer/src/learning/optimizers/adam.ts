import { adam as settingsOfAdam } from 'onnx-autograd';
import { decaySettings, defineOptimizer } from './definition.js';

export const adam = defineOptimizer({
  name: 'adam',
  description: 'Adam; the decay joins the gradient',
  settings: decaySettings,
  create: ({ weightDecay }, learningRate) => settingsOfAdam({ learningRate, weightDecay }),
});
