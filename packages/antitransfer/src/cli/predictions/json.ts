import type { ClipPrediction, WindowPrediction } from '../../inference/prediction.js';
import { highest, isHeard } from './rows.js';
import type { Asked, PredictionWriter } from './writer.js';

/** One object on one line: what is said of each recording, of its windows, and why nothing is of others. */
export function jsonWriter({ model, card: { target, classes }, whole }: Asked): PredictionWriter {
  const predictions: object[] = [];
  return {
    add(prediction) {
      predictions.push(asObject(prediction, classes, whole));
      return '';
    },
    end: (problems) => {
      const listed = problems.map(({ path: file, reason, message }) => ({ file, reason, message }));
      return `${JSON.stringify({ model, target, classes, predictions, problems: listed })}\n`;
    },
  };
}

function asObject(prediction: ClipPrediction, classes: readonly string[], whole: boolean): object {
  const { clip, seconds, windows } = prediction;
  return {
    file: clip.id,
    seconds,
    ...said(prediction, classes),
    ...(!whole && {
      windows: windows.map((window) => ({
        start: window.start,
        end: window.end,
        peak: window.peak,
        ...said(window, classes),
      })),
    }),
  };
}

function said(
  what: Pick<WindowPrediction, 'label' | 'probabilities'>,
  classes: readonly string[],
): Record<string, unknown> {
  const { label, probabilities } = what;
  return {
    heard: isHeard(what),
    label: label ?? null,
    probability: highest(what) ?? null,
    probabilities: isHeard(what)
      ? Object.fromEntries(classes.map((name, index) => [name, probabilities[index]]))
      : null,
  };
}
