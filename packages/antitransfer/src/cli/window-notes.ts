import { defaultWindows, type WindowSettings } from '../data/segments/settings.js';
import type { ClipPrediction } from '../inference/prediction.js';
import type { ModelCard } from '../learning/networks/model-card.js';

/** Names that a line says before it counts the others. */
const NAMED = 3;

/** What is to be told of how recordings were heard: which are longer than a segment, and in which there is nothing. */
export function windowNotes(
  predictions: readonly Pick<ClipPrediction, 'clip' | 'label' | 'windows'>[],
  { features, segments }: Pick<ModelCard, 'features' | 'segments'>,
  changes: Partial<WindowSettings>,
): string[] {
  const { hop, minimum, minimumPeak } = { ...(segments ?? defaultWindows), ...changes };
  const long = predictions.filter(({ windows }) => windows.length > 1);
  const silent = predictions.filter(({ label }) => label === undefined);
  const notes: string[] = [];
  if (long.length > 0) {
    const windows = long.reduce((count, prediction) => count + prediction.windows.length, 0);
    const unheard = long.reduce(
      (count, prediction) => count + prediction.windows.filter(({ label }) => label === undefined).length,
      0,
    );
    notes.push(
      `Longer than the model's ${features.seconds} s: ${long.length} of ${predictions.length} recordings, gone through in ` +
        `${windows} windows, ${hop ?? features.seconds / 2} s apart${unheard > 0 ? ` (nothing to hear in ${unheard})` : ''}.`,
    );
  }
  if (silent.length > 0) {
    const names = silent.slice(0, NAMED).map(({ clip }) => `"${clip.id}"`);
    const others = silent.length > NAMED ? ` and ${silent.length - NAMED} more` : '';
    notes.push(
      `There is nothing to hear in ${names.join(', ')}${others}: less than ${minimum} s of sound, or no sample above ` +
        `${minimumPeak} of full scale.`,
    );
  }
  return notes;
}
