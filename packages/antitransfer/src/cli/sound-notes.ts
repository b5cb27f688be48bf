import type { SoundOptions } from '../inference/predict-clips.js';
import type { ClipPrediction } from '../inference/prediction.js';
import type { ModelCard } from '../learning/networks/model-card.js';

/** What is to be told of the sounds that were found: how many, and which have no label, and why. */
export function soundNotes(
  predictions: readonly Pick<ClipPrediction, 'windows'>[],
  { level: own }: Pick<ModelCard, 'level'>,
  { level: asked }: SoundOptions,
): string[] {
  const sounds = predictions
    .flatMap(({ windows }) => windows)
    .filter(({ probabilities }) => probabilities.length > 0);
  const unsure = sounds.filter(({ label }) => label === undefined).length;
  const level = asked ?? own?.probability ?? 0;
  const which =
    asked === undefined && own !== undefined
      ? `, which ${100 * own.kept} % of ${own.segments} rightly recognised validation clips reach`
      : '';
  const notes = [
    `Sounds in ${predictions.length} recordings: ${sounds.length}` +
      (level > 0 ? `; without a label, below a probability of ${level}${which}: ${unsure}.` : '.'),
  ];
  if (asked === undefined && own === undefined) {
    notes.push(
      "The model's card has no level below which nothing is said (an earlier version wrote it, or it had no validation " +
        'clips), so every sound has a label. Set one with --level.',
    );
  }
  return notes;
}
