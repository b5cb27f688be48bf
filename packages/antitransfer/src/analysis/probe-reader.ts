import type { Random } from 'onnx-autograd/random';
import { PENALTIES } from './choose-penalty.js';
import { classify, fitLogisticRegression, type LogisticRegression, logLoss } from './logistic-regression.js';
import { classifyByMlp, fitMlp, type Mlp, mlpLoss } from './mlp.js';
import type { Vectors } from './vectors.js';

/** What a probe fits to representations: a classifier with an L2 penalty. */
export interface ProbeReader<Model> {
  /** Strengths that are tried, strongest first. */
  readonly penalties: readonly number[];
  fit(
    vectors: Vectors,
    labels: readonly number[],
    classes: number,
    l2: number,
    start: Model | undefined,
  ): Model;
  classify(model: Model, vectors: Vectors): number[];
  /** Mean cross-entropy, in nats. */
  loss(model: Model, vectors: Vectors, labels: readonly number[]): number;
}

/** Multinomial logistic regression. */
export const linearReader: ProbeReader<LogisticRegression> = {
  penalties: PENALTIES,
  fit: (vectors, labels, classes, l2, start) =>
    fitLogisticRegression(vectors, labels, classes, { l2, ...(start && { start }) }),
  classify,
  loss: logLoss,
};

/** A perceptron with one hidden layer of 32 units. */
export function mlpReader(random: Random): ProbeReader<Mlp> {
  return {
    penalties: [0.1, 0.01, 0.001],
    fit: (vectors, labels, classes, l2, start) =>
      fitMlp(vectors, labels, classes, l2, start ?? random.fork('first weights')),
    classify: classifyByMlp,
    loss: mlpLoss,
  };
}
