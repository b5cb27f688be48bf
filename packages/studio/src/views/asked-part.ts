import type { ClipsView, ClipView, RepetitionView } from './clips.js';

/** Which window of a clip, and as networks of which seed and fold were given it: the first of each when absent. */
export interface Part {
  /** Its number from 0, as text. */
  readonly window?: string | undefined;
  /** The name of the repetition. */
  readonly of?: string | undefined;
}

/** The repetitions that have tested a clip. */
export function testersOf({ repetitions }: ClipsView, { answers }: ClipView): readonly RepetitionView[] {
  const tested = new Set(answers.flatMap((own) => own.map(([repetition]) => repetition)));
  return repetitions.filter((_, index) => tested.has(index));
}

/** What sound and features of a clip are asked for by. */
export function askedPart(
  view: ClipsView,
  clip: ClipView,
  part: Part = {},
): Readonly<Record<'clip', string> & Partial<Record<'seed' | 'fold', string>>> {
  const testers = testersOf(view, clip);
  const of = testers.find(({ name }) => name === part.of) ?? testers[0];
  return {
    clip: clip.windows?.[Number(part.window ?? 0)] ?? clip.windows?.[0] ?? clip.id,
    ...(of && { seed: String(of.seed) }),
    ...(of?.fold !== undefined && { fold: String(of.fold) }),
  };
}
