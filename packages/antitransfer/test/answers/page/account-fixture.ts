import type { DataAccount } from '../../../src/data/account/account.js';

/** What became of the corpus: a little of everything. */
export function accountFixture(
  classes: readonly string[],
  repetitions: readonly { readonly seed: number; readonly fold: number | undefined }[],
): DataAccount {
  return {
    corpora: [
      {
        corpus: 'fsdd',
        unit: 'files',
        found: 1003,
        used: 1000,
        leftOut: [{ reason: 'unusable', what: 'empty', count: 3, examples: ['<b>7</b>_theo_4.wav'] }],
        renamed: [],
        warnings: [],
      },
    ],
    lengths: {
      segment: 0.8,
      loses: 'end',
      clips: 1000,
      cut: 17,
      padded: 983,
      shortest: 0.144,
      longest: 2.283,
    },
    grouped: { shared: { files: 0, clips: 0 }, copies: 1, alike: 0 },
    repetitions: repetitions.map(({ seed, fold }) => ({
      seed,
      ...(fold !== undefined && { fold }),
      description: 'confounded',
      train: 360,
      validation: 90,
      test: 500,
      unused: 50,
      classes: classes.map((label, index) => ({
        label,
        train: 36 + ((index + seed) % 2),
        validation: 9,
        test: 50,
      })),
      tasks: [],
    })),
  };
}
