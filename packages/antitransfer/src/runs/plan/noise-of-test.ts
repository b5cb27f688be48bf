import { resolve } from 'node:path';
import { theTask } from '../../task-words.js';
import type { Experiment } from '../config/schema.js';

/**
 * Orthogonal tasks whose corpus has noise of the parts that the split keeps for its test: their networks have heard it. A
 * sentence for each.
 */
export function noiseOfTest({ data, orthogonal, split }: Experiment): string[] {
  if (split.kind !== 'confounded-noise' || data.noise === null) return [];
  const kept = resolve(data.noise);
  return orthogonal.flatMap(({ data: own, ...task }) =>
    own?.noise && resolve(own.noise) === kept && (own.noisePart ?? 1) > split.trainPart
      ? [
          `The network of ${theTask(task)} hears noise that is kept for the test: its clips have ${own.noisePart ?? 1} of each ` +
            `recording of "${own.noise}", the training ${split.trainPart}. Give orthogonal.data.noisePart: ${split.trainPart}.`,
        ]
      : [],
  );
}
