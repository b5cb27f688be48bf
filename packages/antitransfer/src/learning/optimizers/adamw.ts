import { adamw as settingsOfAdamW } from 'onnx-autograd';
import { decaySettings, defineOptimizer } from './definition.js';

export const adamw = defineOptimizer({
  name: 'adamw',
  description: 'Adam whose decay is apart from the gradient',
  settings: decaySettings,
  create: ({ weightDecay }, learningRate) => settingsOfAdamW({ learningRate, weightDecay }),
});
