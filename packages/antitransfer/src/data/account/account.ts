import { z } from 'zod';

const text = z.string();
const count = z.int().nonnegative();

/**
 * Why something that was found is not used. By its name: `hidden`; `no-sound`: it ends like no recording; `format`: sound of
 * a kind that is not read; `name`: named unlike the corpus's files, or not lying as they do. `where`, `label`: as the configuration asks; `unlabelled`: no label in a column that is used; `unusable`: the
 * recording cannot be read.
 */
const leftOutReason = z.enum([
  'hidden',
  'no-sound',
  'format',
  'name',
  'where',
  'label',
  'unlabelled',
  'unusable',
]);

const leftOut = z.strictObject({
  reason: leftOutReason,
  /** Of a format, and of what is no sound, its ending (`.wma`; empty when it has none), of a label or a missing one the column and label (`emotion xxx`); else empty. */
  what: text,
  count,
  /** A few of them. */
  examples: z.array(text).readonly(),
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
});

export type LeftOutReason = z.infer<typeof leftOutReason>;
export type LeftOut = Readonly<z.infer<typeof leftOut>>;
export type CorpusAccount = Readonly<z.infer<typeof corpusAccount>>;

/** How many examples a {@link LeftOut} names. */
const EXAMPLES = 3;

/** Gathers what is left out, by reason and kind, in the order in which the kinds come up. */
export class LeftOutTally {
  readonly #found = new Map<
    string,
    { reason: LeftOutReason; what: string; count: number; examples: string[] }
  >();

  add(reason: LeftOutReason, what: string, example: string): void {
    const key = JSON.stringify([reason, what]);
    const entry = this.#found.get(key) ?? { reason, what, count: 0, examples: [] };
    this.#found.set(key, entry);
    entry.count++;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
  }

  list(): LeftOut[] {
    return [...this.#found.values()];
  }
}
