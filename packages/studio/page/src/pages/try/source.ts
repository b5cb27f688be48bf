import type { HeardSound, ModelAnswer } from '../../../../src/views/try.ts';

/** Something that models were asked about: a sound from the microphone, or a recording that was dropped. */
export interface Source {
  readonly id: number;
  readonly name: string;
  readonly recording: Blob;
  /** What is sent to models where that is not the recording itself: the same at their rate. */
  readonly heard?: Blob;
  readonly as: 'sound' | 'recording';
  /** By model. */
  readonly answers: ReadonlyMap<string, ModelAnswer>;
  /** Why nobody answers. */
  readonly problem?: string;
}

/** One sound of a source, and what each model says of it. */
export interface AnsweredSound {
  readonly start: number;
  readonly end: number;
  readonly answers: ReadonlyMap<string, HeardSound>;
}

/** The sounds that any model has heard in a source, in order. */
export function soundsOf({ answers }: Source): AnsweredSound[] {
  const found = new Map<string, AnsweredSound & { readonly answers: Map<string, HeardSound> }>();
  for (const [model, { sounds }] of answers) {
    for (const sound of sounds) {
      const name = sound.start.toFixed(3);
      const known = found.get(name) ?? { start: sound.start, end: sound.end, answers: new Map() };
      known.answers.set(model, sound);
      found.set(name, known);
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}
