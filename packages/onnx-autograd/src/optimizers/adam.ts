import type { AdamSettings, Optimizer } from './optimizer.js';

const defaults = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Adam (Kingma and Ba 2015) by PyTorch's formula; weight decay is added to the gradient. */
export function adam(options: Partial<Omit<AdamSettings, 'kind'>> = {}): AdamSettings {
  return { kind: 'adam', ...defaults, weightDecay: 0, ...options };
}

/** AdamW (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient. */
export function adamw(options: Partial<Omit<AdamSettings, 'kind'>> = {}): AdamSettings {
  return { kind: 'adamw', ...defaults, weightDecay: 0.01, ...options };
}

export function createAdam({ kind, beta1, beta2, epsilon, weightDecay }: AdamSettings): Optimizer {
  const decoupled = kind === 'adamw';
  return {
    slots: ['mean', 'variance'],
    update(vectors, parameter, gradient, slots, step, learningRate, { scale, limit }) {
      const rate = learningRate / (1 - beta1 ** step);
      const correction = 1 / Math.sqrt(1 - beta2 ** step);
      const decay = decoupled ? 0 : weightDecay;
      const shrink = decoupled ? 1 - learningRate * weightDecay : 1;
      const betas = [beta1, 1 - beta1, beta2, 1 - beta2];
      const numbers = [scale, limit, decay, shrink, ...betas, rate, correction, epsilon];
      vectors.move('adam', parameter, gradient, slots, numbers);
    },
  };
}
