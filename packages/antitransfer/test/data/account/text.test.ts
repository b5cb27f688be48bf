import { describe, expect, it } from 'vitest';
import { type DataAccount, dataAccount } from '../../../src/data/account/account.js';
import { accountLines, classRows } from '../../../src/data/account/text.js';

const sides = { train: 32, validation: 36, test: 24 };
const plain: DataAccount = {
  corpora: [
    { corpus: 'folder', unit: 'files', found: 144, used: 144, leftOut: [], renamed: [], warnings: [] },
  ],
  lengths: { segment: 0.7, loses: 'end', clips: 144, cut: 0, padded: 0, shortest: 0.7, longest: 0.7 },
  grouped: { shared: { files: 0, clips: 0 }, copies: 0, alike: 0 },
  repetitions: [1, 2].map((seed) => ({
    seed,
    description: 'confounded: each of 3 labels of speaker owns 1 class',
    ...sides,
    unused: 52,
    classes: [
      { label: 'yes', train: 15 + seed, validation: 18, test: 12 },
      { label: 'no', train: 17 - seed, validation: 18, test: 12 },
    ],
    tasks: [
      {
        name: 'speaker',
        column: 'speaker',
        labels: 3,
        train: 20,
        validation: 10,
        rare: { labels: [], clips: 0, rule: 'train' },
      },
    ],
  })),
};
const linesOf = (change: Partial<DataAccount>) => accountLines(dataAccount.parse({ ...plain, ...change }));
const corpus = (change: Partial<DataAccount['corpora'][number]>) => [{ ...plain.corpora[0]!, ...change }];
const rare = (rule: 'train' | 'leave-out') =>
  plain.repetitions.map((repetition, index) => ({
    ...repetition,
    tasks: repetition.tasks.map((task) => ({
      ...task,
      rare: { labels: ['cy', 'dee'].slice(index), clips: 2 - index, rule },
    })),
  }));

describe('an account in sentences', () => {
  it('is short where nothing is left out', () => {
    expect(linesOf({})).toEqual([
      '144 of 144 files are used.',
      'Seeds 1 to 2: train 32, validation 36, test 24 of 144 clips; 52 are on no side.',
      'To learn the speaker: train 20, validation 10.',
    ]);
  });

  it('quotes a task that has another name than its label column', () => {
    const repetitions = plain.repetitions.map((one) => ({
      ...one,
      tasks: one.tasks.map((task) => ({ ...task, name: 'another-seed' })),
    }));
    expect(linesOf({ repetitions })).toContain('To learn “another-seed”: train 20, validation 10.');
  });

  it.each([
    [
      { reason: 'format', what: '.m4a', count: 9, examples: ['a.m4a'] },
      '6 of 15 files are used; 9 are .m4a, which is not read.',
    ],
    [
      { reason: 'name', what: '', count: 1, examples: ['top.wav'] },
      '6 of 15 files are used; 1 is named otherwise (such as top.wav).',
    ],
    [
      { reason: 'no-file', what: '', count: 1, examples: ['yes/pipe.wav'] },
      '6 of 15 files are used; 1 is a pipe, socket or device (such as yes/pipe.wav).',
    ],
    [
      { reason: 'label', what: 'emotion xxx', count: 9, examples: ['a'] },
      '6 of 15 files are used; 9 are left out as emotion xxx.',
    ],
    [
      { reason: 'where', what: 'session', count: 9, examples: ['a'] },
      '6 of 15 files are used; 9 are left out by where: session.',
    ],
    [
      { reason: 'unlabelled', what: 'age', count: 1, examples: ['a'] },
      '6 of 15 files are used; 1 has no age (such as a).',
    ],
    [
      { reason: 'unusable', what: 'truncated', count: 2, examples: ['a'] },
      '6 of 15 files are used; 2 are truncated and skipped (such as a).',
    ],
  ] as const)('says what is left out: %j', (leftOut, line) => {
    expect(linesOf({ corpora: corpus({ found: 15, used: 6, leftOut: [leftOut] }) })[0]).toBe(line);
  });

  it('says what is cut, padded, renamed and kept together', () => {
    const lines = linesOf({
      corpora: corpus({
        renamed: [{ column: 'emotion', from: 'exc', to: 'hap', clips: 1041 }],
        warnings: ['The labels "01", "1" of speaker are 2 different ones.'],
      }),
      lengths: { ...plain.lengths, cut: 101, padded: 1, longest: 1.15 },
      grouped: {
        shared: { files: 2, clips: 120 },
        copies: 3,
        alike: 1,
        groups: { column: 'speaker', count: 120 },
      },
    });
    expect(lines.slice(1, -2)).toEqual([
      '1041 clips of the emotion "exc" are called "hap".',
      'Warning: The labels "01", "1" of speaker are 2 different ones.',
      '120 clips are parts of 2 files: those of one file stay on one side.',
      '3 recordings are byte-identical to others and kept on one side.',
      '1 recording sounds the same as others in other files (another format, say) and is kept on one side.',
      'The 120 labels of speaker are kept on one side each.',
      '101 of 144 clips are longer than 0.7 s (up to 1.15 s) and lose their end.',
      '1 of 144 clips is shorter than 0.7 s and padded with silence.',
    ]);
  });

  it('says which noise is mixed in at which levels, and what of its folder is not', () => {
    const noises = {
      types: [
        { name: 'Babble', recordings: 2 },
        { name: 'hum', recordings: 1 },
      ],
      levels: '0, 10',
      found: 3,
      leftOut: [],
    };
    expect(linesOf({ corpora: corpus({ noises }) })[1]).toBe(
      'Noise is mixed in at 0, 10 dB: Babble (2 recordings), hum (1).',
    );
    const leftOut = [{ reason: 'no-sound', what: '.txt', count: 1, examples: ['a.txt'] }] as const;
    expect(linesOf({ corpora: corpus({ noises: { ...noises, found: 4, leftOut } }) })[2]).toBe(
      '3 of 4 files in the folder of noises are used; 1 is no sound (.txt).',
    );
  });

  it('says what becomes of labels of one recording', () => {
    expect(linesOf({ repetitions: rare('train') }).at(-1)).toBe(
      '2 labels of speaker (cy, dee) with one recording only: 1 to 2 clips that only train its network.',
    );
    expect(linesOf({ repetitions: rare('leave-out') }).at(-1)).toContain(
      'that are left out of its training.',
    );
  });

  it('says it of one clip in the singular', () => {
    expect(linesOf({ repetitions: rare('train').slice(1) }).at(-1)).toBe(
      '1 label of speaker (dee) with one recording only: 1 clip that only trains its network.',
    );
  });

  it('names the corpus of a task, and seeds that were drawn again', () => {
    const [first, second] = plain.repetitions;
    const again = {
      ...second!,
      description: 'random: every clip is dealt alone; draw 2 of its seed, those before lacked a class',
    };
    const lines = linesOf({
      corpora: [...plain.corpora, ...corpus({ corpus: 'fsdd' })],
      repetitions: [first!, again],
    });
    expect(lines[1]).toBe('fsdd: 144 of 144 files are used.');
    expect(lines.at(-1)).toBe(
      'Seed 2: random: every clip is dealt alone; draw 2 of its seed, those before lacked a class.',
    );
  });

  it('has a row for each class, a range where seeds differ', () => {
    expect(classRows(plain)).toEqual([
      { label: 'yes', train: '16 to 17', validation: '18', test: '12' },
      { label: 'no', train: '15 to 16', validation: '18', test: '12' },
    ]);
  });
});
