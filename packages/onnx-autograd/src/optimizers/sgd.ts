import type { Optimizer, SgdSettings } from './optimizer.js';

/** Stochastic gradient descent with momentum, by PyTorch's formula (no dampening). */
export function sgd(options: Partial<Omit<SgdSettings, 'kind'>> = {}): SgdSettings {
  return { kind: 'sgd', learningRate: 1e-2, momentum: 0, nesterov: false, weightDecay: 0, ...options };
}

export function createSgd({ momentum, nesterov, weightDecay }: SgdSettings): Optimizer {
  return {
    slots: momentum === 0 ? [] : ['velocity'],
    update(parameter, gradient, [velocity], _step, learningRate, scale) {
      for (let i = 0; i < parameter.length; i++) {
        const weight = parameter[i] as number;
        const g = (gradient[i] as number) * scale + weightDecay * weight;
        let move = g;
        if (velocity !== undefined) {
          const v = momentum * (velocity[i] as number) + g;
          velocity[i] = v;
          move = nesterov ? g + momentum * v : v;
        }
        parameter[i] = weight - learningRate * move;
      }
    },
  };
}
