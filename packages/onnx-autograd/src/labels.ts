import { GraphError } from './errors.js';

/**
 * @param what the labels are, as a sentence begins.
 * @throws GraphError that tells the first label that is no class, and its position.
 */
export function checkLabels(what: string, labels: ArrayLike<number | bigint>, classes: number): void {
  for (let position = 0; position < labels.length; position++) {
    const label = Number(labels[position]);
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new GraphError(
      `${what} has the label ${label} at position ${position}. There are ${classes} classes: labels are whole numbers ` +
        `from 0 to ${classes - 1}. Leave samples without a label out of the batch.`,
    );
  }
}
