/** The losses once more, as their papers write them, in double precision and one number at a time. */

export type Numbers = readonly number[];

export interface ClassSettings {
  readonly classWeights?: Numbers;
  readonly labelSmoothing?: number;
  readonly ignoreLabel?: number;
}

export const sum = (values: Numbers) => values.reduce((total, value) => total + value, 0);
const weight = ({ classWeights }: ClassSettings, label: number) => classWeights?.[label] ?? 1;

function softmax(logits: Numbers): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  return powers.map((power) => power / sum(powers));
}

export function crossEntropyOf(logits: Numbers, label: number, settings: ClassSettings = {}): number {
  if (label === settings.ignoreLabel) return 0;
  const { labelSmoothing = 0 } = settings;
  const logs = softmax(logits).map(Math.log);
  const share = (own: number) => (own === label ? 1 - labelSmoothing : 0) + labelSmoothing / logits.length;
  return -sum(logs.map((log, own) => share(own) * weight(settings, own) * log));
}

export function focalOf(logits: Numbers, label: number, gamma: number, settings: ClassSettings = {}): number {
  if (label === settings.ignoreLabel) return 0;
  const probability = softmax(logits)[label] as number;
  return -weight(settings, label) * (1 - probability) ** gamma * Math.log(probability);
}

export function binaryOf(logit: number, target: number, positiveWeight = 1): number {
  const probability = 1 / (1 + Math.exp(-logit));
  return -positiveWeight * target * Math.log(probability) - (1 - target) * Math.log(1 - probability);
}

/** By the weights of the labels that are not ignored. */
export function meanByWeights(losses: Numbers, labels: Numbers, settings: ClassSettings): number {
  const kept = labels.filter((label) => label !== settings.ignoreLabel);
  return sum(losses) / sum(kept.map((label) => weight(settings, label)));
}

/**
 * CTC by its definition: the probability of every path of classes whose repeats and blanks fall away to the labels.
 *
 * @param logits of each frame.
 */
export function ctcOf(logits: readonly Numbers[], labels: Numbers, blank: number): number {
  const probabilities = logits.map(softmax);
  const classes = logits[0]?.length ?? 0;
  const wanted = labels.join();
  let total = 0;
  const walk = (path: Numbers, probability: number): void => {
    if (path.length < logits.length) {
      for (let next = 0; next < classes; next++)
        walk([...path, next], probability * (probabilities[path.length]?.[next] ?? 0));
      return;
    }
    const said = path.filter((symbol, frame) => symbol !== blank && symbol !== path[frame - 1]);
    if (said.join() === wanted) total += probability;
  };
  walk([], 1);
  return -Math.log(total);
}
