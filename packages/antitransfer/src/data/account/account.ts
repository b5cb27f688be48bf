import { z } from 'zod';

const text = z.string();
const count = z.int().nonnegative();

/**
 * Why something that was found is not used. `no-file`: a pipe, a socket or a device. By its name: `hidden`; `no-sound`: it ends like no recording; `ending`: so, and is one by its first bytes; `format`: sound of
 * a kind that is not read; `name`: named unlike the corpus's files, or not lying as they do. `where`, `label`: as the configuration asks; `unlabelled`: no label in a column that is used; `balance`: more than the others of its label; `unusable`: the
 * recording cannot be read.
 */
const leftOutReason = z.enum([
  'no-file',
  'hidden',
  'no-sound',
  'ending',
  'format',
  'name',
  'where',
  'label',
  'unlabelled',
  'balance',
  'unusable',
]);

const leftOut = z.strictObject({
  reason: leftOutReason,
  /** Of what is a recording by its bytes, its kind (`WAV`), of a format, and of what is no sound, its ending (`.wma`; empty when it has none), of a name that a pattern fits in two ways that it does, of a label or a missing one the column and label (`emotion xxx`); else empty. */
  what: text,
  count,
  /** A few of them. */
  examples: z.array(text).readonly(),
});

/** Recordings of noise that are mixed into clips. */
const noiseAccount = z.strictObject({
  /** In order; recordings that are called the same but for a number are of one type. */
  types: z.array(z.strictObject({ name: text, recordings: count })).readonly(),
  /** Signal-to-noise ratios in dB, in words: `0, 10` or, anything between, `0 to 10`. */
  levels: text,
  /** Files in the folder of noises, and those that are not used. */
  found: count,
  leftOut: z.array(leftOut).readonly(),
});

const corpusAccount = z.strictObject({
  /** The kind of corpus, for example `manifest`. */
  corpus: text,
  /** What its clips are found as: sound files, or rows of a table. */
  unit: z.enum(['files', 'rows']),
  /** Files or rows that are there. */
  found: count,
  /** Clips that are to be learned from and tested on. */
  used: count,
  leftOut: z.array(leftOut).readonly(),
  /** Labels that the configuration calls otherwise. */
  renamed: z.array(z.strictObject({ column: text, from: text, to: text, clips: count })).readonly(),
  /** What looks like a mistake and is none for certain, a sentence each. */
  warnings: z.array(text).readonly(),
  /** What is mixed into its clips; absent where nothing is. */
  noises: noiseAccount.optional(),
});

/** What became of clips that were cut into windows. */
const windowAccount = z.strictObject({
  clips: count,
  /** Clips longer than a segment. */
  longer: count,
  windows: count,
  /** Windows in which there is too little to hear. */
  leftOut: count,
  /** Clips of which nothing is left. */
  unheard: count,
  /** All of it, one sentence without its end. */
  text,
});

/** How long clips are beside the segment that a network hears; windows where clips are cut into them. */
const lengthAccount = z.strictObject({
  /** The segment, in seconds. */
  segment: z.number(),
  /** What a longer clip loses. */
  loses: z.enum(['end', 'both ends']),
  clips: count,
  /** Clips that are longer, and are cut. */
  cut: count,
  /** Clips that are shorter, and are padded with silence. */
  padded: count,
  /** In seconds. */
  shortest: z.number(),
  longest: z.number(),
  /** Clips with too little sound, or too quiet, to be anything; absent where there are none, or clips are cut into windows. */
  unheard: z
    .strictObject({
      count,
      /** A few of them. */
      examples: z.array(text).readonly(),
      /** What less than is nothing: seconds of sound, and the loudest sample, of a full scale of 1. */
      minimum: z.number(),
      minimumPeak: z.number(),
    })
    .optional(),
  /** Absent where clips are not cut into windows. */
  windows: windowAccount.optional(),
});

/** Clips that are on one side because they belong together. */
const groupedAccount = z.strictObject({
  /** Files with more than one clip, and the clips in them. */
  shared: z.strictObject({ files: count, clips: count }),
  /** Files with the same bytes as another one. */
  copies: count,
  /** Whole files that sound the same as another one with other bytes, such as one in another format. */
  alike: count,
  /** Labels that a split at random keeps together without being told, such as speakers. */
  groups: z.strictObject({ column: text, count }).optional(),
});

const sideCounts = { train: count, validation: count, test: count } as const;

/** The clips of one seed (and fold). */
const repetitionAccount = z.strictObject({
  seed: z.int(),
  fold: count.optional(),
  description: text,
  ...sideCounts,
  /** Clips of the corpus that are on no side. */
  unused: count,
  /** Of the target's classes, in their order. */
  classes: z.array(z.strictObject({ label: text, ...sideCounts })).readonly(),
  tasks: z
    .array(
      z.strictObject({
        name: text,
        column: text,
        labels: count,
        train: count,
        validation: count,
        /** Labels of one recording only, and what became of their clips. */
        rare: z.strictObject({
          labels: z.array(text).readonly(),
          clips: count,
          rule: z.enum(['train', 'leave-out']),
        }),
      }),
    )
    .readonly(),
});

/**
 * What became of everything that was found: nothing is left out, cut, padded or kept together without a count. Plain data;
 * {@link accountLines} says it in sentences.
 */
export const dataAccount = z.strictObject({
  /** The target's corpus, then those that orthogonal tasks have for themselves. */
  corpora: z.array(corpusAccount).readonly(),
  lengths: lengthAccount,
  grouped: groupedAccount,
  repetitions: z.array(repetitionAccount).readonly(),
});

/** What became of every clip that was found: used, left out, cut, padded, kept together. */
export type DataAccount = Readonly<z.infer<typeof dataAccount>>;
export type LengthAccount = Readonly<z.infer<typeof lengthAccount>>;
export type RepetitionAccount = Readonly<z.infer<typeof repetitionAccount>>;
export type LeftOutReason = z.infer<typeof leftOutReason>;
export type NoiseAccount = Readonly<z.infer<typeof noiseAccount>>;
/** Clips that are not used, and why. */
export type LeftOut = Readonly<z.infer<typeof leftOut>>;
/** What was found in one corpus, and what became of it. */
export type CorpusAccount = Readonly<z.infer<typeof corpusAccount>>;

/** How many examples a {@link LeftOut} names. */
const EXAMPLES = 3;

/** Gathers what is left out, by reason and kind, in the order in which the kinds come up. */
export class LeftOutTally {
  readonly #found = new Map<
    string,
    { reason: LeftOutReason; what: string; count: number; examples: string[] }
  >();

  /** @param before what is left out already */
  constructor(before: readonly LeftOut[] = []) {
    for (const entry of before) {
      this.#found.set(keyOf(entry), { ...entry, examples: [...entry.examples] });
    }
  }

  add(reason: LeftOutReason, what: string, example: string): void {
    const key = keyOf({ reason, what });
    const entry = this.#found.get(key) ?? { reason, what, count: 0, examples: [] };
    this.#found.set(key, entry);
    entry.count++;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
  }

  list(): LeftOut[] {
    return [...this.#found.values()];
  }
}

function keyOf({ reason, what }: Pick<LeftOut, 'reason' | 'what'>): string {
  return JSON.stringify([reason, what]);
}
