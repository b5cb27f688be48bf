import type { WindowPrediction } from '../../inference/prediction.js';
import { printable } from '../printable.js';
import { rowsOf } from './rows.js';
import type { Asked, PredictionWriter } from './writer.js';

/** A label and from when to when it holds, in seconds. */
export interface LabelledSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/**
 * A label track as Audacity imports it: start, end and label of a span a line, tabs between them. Neighbouring windows with
 * one label are one span; where two labels' windows overlap, the middle of what they share divides them. A track
 * belongs to one recording.
 */
export function labelTrackWriter({ whole }: Asked): PredictionWriter {
  return {
    add: (prediction) =>
      labelledSpans(rowsOf(prediction, whole))
        .map(({ start, end, label }) => `${start.toFixed(6)}\t${end.toFixed(6)}\t${printable(label)}\n`)
        .join(''),
    end: () => '',
  };
}

/** Spans that do not overlap, in their order. Windows in which nothing was heard are in none. */
export function labelledSpans(
  windows: readonly Pick<WindowPrediction, 'start' | 'end' | 'label'>[],
): LabelledSpan[] {
  const spans: LabelledSpan[] = [];
  for (const { start, end, label } of windows) {
    if (label === undefined) continue;
    const last = spans.at(-1);
    if (last === undefined || last.end < start) spans.push({ start, end, label });
    else if (last.label === label) spans[spans.length - 1] = { ...last, end };
    else {
      const border = (last.end + start) / 2;
      spans[spans.length - 1] = { ...last, end: border };
      spans.push({ start: border, end, label });
    }
  }
  return spans;
}
