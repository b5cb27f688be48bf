import type { ClipPrediction, WindowPrediction } from '../../inference/prediction.js';

/** What is said of a recording, or of a window of it. */
export interface PredictionRow extends WindowPrediction {
  readonly file: string;
}

/** A row a window, or one of all. */
export function rowsOf(
  { clip, seconds, label, probabilities, windows }: ClipPrediction,
  whole: boolean,
): PredictionRow[] {
  if (!whole) return windows.map((window) => ({ file: clip.id, ...window }));
  const peak = Math.max(...windows.map((window) => window.peak));
  return [{ file: clip.id, start: 0, end: seconds, peak, label, probabilities }];
}

/** Whether there was anything to hear, whether or not the model was sure of it. */
export function isHeard({ probabilities }: Pick<WindowPrediction, 'probabilities'>): boolean {
  return probabilities.length > 0;
}

/** Of the most probable class; undefined when nothing was heard. */
export function highest({ probabilities }: Pick<WindowPrediction, 'probabilities'>): number | undefined {
  return probabilities.length === 0 ? undefined : Math.max(...probabilities);
}
