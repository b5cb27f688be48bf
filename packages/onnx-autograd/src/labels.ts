import { GraphError } from './errors.js';

/** What labels may be: whole numbers from 0 up to, not including, `classes`. */
export interface LabelRange {
  /** How many classes there are. */
  readonly classes: number;
  /** The number that stands where there is no label. */
  readonly ignored?: number | undefined;
}

/** The labels that both allow. */
export function commonRange(a: LabelRange, b: LabelRange): LabelRange {
  return {
    classes: Math.min(a.classes, b.classes),
    ignored: a.ignored === b.ignored ? a.ignored : undefined,
  };
}

/**
 * @param what the labels are, as a sentence begins.
 * @throws GraphError that tells the first label that is no class, and its position.
 */
export function checkLabels(
  what: string,
  labels: ArrayLike<number | bigint>,
  { classes, ignored }: LabelRange,
): void {
  for (let position = 0; position < labels.length; position++) {
    const label = Number(labels[position]);
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    if (label === ignored) continue;
    const otherwise =
      ignored === undefined
        ? 'Leave samples without a label out of the batch, or give the loss an ignoreLabel.'
        : `Where there is no label, it is ${ignored}.`;
    throw new GraphError(
      `${what} has the label ${label} at position ${position}. There are ${classes} classes: labels are whole numbers ` +
        `from 0 to ${classes - 1}. ${otherwise}`,
    );
  }
}
