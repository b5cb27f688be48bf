import { mean, sum } from '../numbers/mean.js';

/** A classifier's answer about one clip, and how sure it was. */
export interface ProbableAnswer {
  readonly truth: string;
  /** The most probable class. */
  readonly predicted: string;
  /** In the order of the classes. */
  readonly probabilities: readonly number[];
}

/** Answers of about the same confidence, the probability of the class that was named. */
export interface ConfidenceBin {
  /** Answers are above `low`, and at most `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence, in [0, 1]. */
  readonly confidence: number;
  /** Part of the answers that are right, in [0, 1]. */
  readonly accuracy: number;
}

/**
 * As many as Guo and others have (On Calibration of Modern Neural Networks, 2017), and equally wide as theirs, so that numbers
 * can be compared with those of papers and of torchmetrics. Bins of equally many answers are less biased (Roelofs and
 * others 2022), and are another number.
 */
const BINS = 15;

/**
 * Answers by their confidence, in equally wide bins; those without an answer are left out.
 *
 * @throws RangeError when there are no answers
 */
export function confidenceBins(answers: readonly ProbableAnswer[], bins = BINS): ConfidenceBin[] {
  if (answers.length === 0) throw new RangeError('There are no answers to sort by confidence.');
  const members = Array.from({ length: bins }, (): { confidence: number; right: number }[] => []);
  for (const { truth, predicted, probabilities } of answers) {
    const confidence = Math.max(...probabilities);
    // Probabilities in single precision may be a little above 1.
    const bin = Math.min(bins, Math.max(1, Math.ceil(confidence * bins))) - 1;
    members[bin]?.push({ confidence, right: truth === predicted ? 1 : 0 });
  }
  return members.flatMap((found, bin) =>
    found.length === 0
      ? []
      : {
          low: bin / bins,
          high: (bin + 1) / bins,
          count: found.length,
          confidence: mean(found.map(({ confidence }) => confidence)),
          accuracy: mean(found.map(({ right }) => right)),
        },
  );
}

/**
 * Expected calibration error, in [0, 1]: how far confidence and accuracy are apart in a bin of confidence, the mean over answers
 * (Guo and others 2017). Of few answers it is above 0 also where confidences are right, as accuracies of small bins vary.
 *
 * @throws RangeError when there are no answers
 */
export function expectedCalibrationError(answers: readonly ProbableAnswer[]): number {
  const gaps = confidenceBins(answers).map(
    ({ count, confidence, accuracy }) => count * Math.abs(accuracy - confidence),
  );
  return sum(gaps) / answers.length;
}

/**
 * Brier score: the squared distance of an answer's probabilities from 1 for the true class and 0 for the others, the mean over
 * answers (Brier 1950). 0 is best, 2 is certain and wrong; of two classes it is twice what some libraries say
 * (scikit-learn's `brier_score_loss` with `scale_by_half=False`).
 *
 * @param classes in the order of the probabilities
 * @throws RangeError when there are no answers
 */
export function brierScore(
  answers: readonly Pick<ProbableAnswer, 'truth' | 'probabilities'>[],
  classes: readonly string[],
): number {
  if (answers.length === 0) throw new RangeError('There are no answers to score.');
  return mean(
    answers.map(({ truth, probabilities }) =>
      sum(probabilities.map((probability, i) => (probability - (classes[i] === truth ? 1 : 0)) ** 2)),
    ),
  );
}
