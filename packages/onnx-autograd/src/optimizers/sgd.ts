import type { Optimizer, SgdSettings } from './optimizer.js';

/** Stochastic gradient descent with momentum, by PyTorch's formula (no dampening). */
export function sgd(options: Partial<Omit<SgdSettings, 'kind'>> = {}): SgdSettings {
  return { kind: 'sgd', learningRate: 1e-2, momentum: 0, nesterov: false, weightDecay: 0, ...options };
}

export function createSgd({ momentum, nesterov, weightDecay }: SgdSettings): Optimizer {
  return {
    slots: momentum === 0 ? [] : ['velocity'],
    update(vectors, parameter, gradient, slots, _step, learningRate, { scale, limit }) {
      const loop = momentum === 0 ? 'descent' : 'momentum';
      const numbers = momentum === 0 ? [] : [momentum, Number(nesterov)];
      const all = [scale, limit, weightDecay, learningRate, ...numbers];
      vectors.move(loop, parameter, gradient, slots, all);
    },
  };
}
