import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildNetwork } from '../../../src/learning/networks/registry.js';
import { saveNetwork } from '../../../src/learning/networks/store.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { drawSplits } from '../../../src/runs/data/draw-splits.js';
import { checkMethods } from '../../../src/runs/plan/check-methods.js';
import { smallBatches } from '../../../src/runs/plan/small-batches.js';
import { dryRun } from '../../../src/runs/plan-experiment.js';
import { tinyConfig, tinyRows, writeTable, writeTiny } from '../tiny.js';

let root: string;
let corpus: string;
let model: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'notes-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  model = join(root, 'three.onnx');
  const parts = { classes: 3, input: [1, 14, 16] as const, width: 0.25, random: new Random(1) };
  await saveNetwork(model, buildNetwork('vgg-small', parts));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What is said of a configuration before anything is computed. */
async function notesOf(changes: ConfigTree): Promise<string[]> {
  const { experiment } = tinyConfig(corpus, changes);
  const notes: string[] = [];
  await checkMethods(experiment, await drawSplits(experiment), (note) => notes.push(note));
  return notes;
}

describe('before anything is computed', () => {
  it('nothing is said of what is as it should be', async () => {
    expect(await notesOf({})).toEqual([]);
  });

  it('settings without effect are named, each once', async () => {
    const features = { sampleRate: 8000, seconds: 0.4, kind: 'log-mel', bins: 100 };
    expect(await notesOf({ features })).toEqual([
      'features.bins has no effect: log-mel does not read it (magnitude does).',
    ]);
    const notes = await notesOf({ network: { model, width: 0.5 } });
    expect(notes).toContain('network.width has no effect beside network.model.');
    expect(await notesOf({ network: { model, head: 'wide' } })).toContain(
      'network.head has no effect beside network.model.',
    );
    expect(new Set(notes).size).toBe(notes.length);
  });

  it.each([
    [
      { patienceRule: 'as-published' },
      ['patienceRule has no effect: all epochs are trained without a patience. Give training.patience.'],
    ],
    [
      { patienceRule: 'since-best', patience: 3, choose: 'last' },
      [
        'patience has no effect: the last epoch is taken, whatever was better (choose: last).',
        'patienceRule has no effect: the last epoch is taken, whatever was better (choose: last).',
      ],
    ],
    [{ patienceRule: 'as-published', patience: 3 }, []],
  ])(
    'so are those of stopping early where nothing does, each where it is written: %o',
    async (given, lines) => {
      const training = { epochs: 1, batch: 6 };
      const written = lines.map((line) => `training.${line}`);
      expect(await notesOf({ training: { ...training, ...given } })).toEqual(written);
      const orthogonal = { column: 'speaker', training: given };
      expect(await notesOf({ training, orthogonal })).toEqual(
        written.map((line) => `orthogonal[0].${line.replace('Give ', 'Give orthogonal[0].')}`),
      );
    },
  );

  it.each([
    ['unbiased-cka', { similarity: 'unbiased-cka' }],
    ['hsic', { kind: 'hsic' }],
    ['conditional-similarity', { kind: 'conditional-similarity' }],
  ])('%s is refused where batches are too small for its estimate', async (name, objective) => {
    const methods = ['no-transfer', { id: 'own', objectives: [objective] }];
    expect(await notesOf({ methods, training: { epochs: 1, batch: 4 } })).toEqual([]);
    await expect(notesOf({ methods, training: { epochs: 1, batch: 3 } })).rejects.toThrow(
      `The objective "${name}" is an estimate over the batch that needs 4 clips or more; training.batch is 3.`,
    );
  });

  it('a task that cannot be told from the target is pointed out', async () => {
    const rows = tinyRows();
    await writeTable(
      corpus,
      rows.map((row) => ({ ...row, room: `d-${row.digit}` })),
    );
    try {
      expect(await notesOf({ orthogonal: { column: 'room' } })).toEqual([
        'Each room goes with one digit and each digit with one room, in the test as well: forgetting the room is forgetting the digit.',
      ]);
    } finally {
      await writeTable(corpus, rows);
    }
  });

  it('batches that are smaller than asked are pointed out, of the target and of auxiliary clips', async () => {
    const clips = (count: number) => ({
      clips: Array.from({ length: count }, () => ({ id: '', path: '', labels: {} })),
    });
    const sides = [{ train: clips(20), tasks: [{ train: clips(9) }] }];
    const notes = (changes: ConfigTree) => smallBatches(tinyConfig(corpus, changes).experiment, sides);
    const methods = ['no-transfer', 'cka-auxiliary'];
    expect(notes({ training: { batch: 9 }, methods })).toEqual([]);
    expect(notes({ training: { batch: 32 }, methods })).toEqual([
      'Batches hold 20 and not 32 (training.batch) of the training clips of digit: there are no more.',
      'Batches hold 9 and not 32 (training.batch) of the auxiliary clips of speaker: there are no more.',
      'Batches hold 9 and not 32 (training.batch) of the training clips of the speaker network: there are no more.',
    ]);
    expect(notes({ training: { batch: 10 } })).toEqual([
      'Batches hold 9 and not 10 (training.batch) of the training clips of the speaker network: there are no more.',
    ]);
  });

  it('a dry run tells of small batches, too', async () => {
    const told: string[] = [];
    await dryRun(tinyConfig(corpus, { training: { batch: 13 } }), {
      store: join(root, 'store'),
      cache: join(root, 'cache'),
      observer: { onNote: (note) => told.push(note) },
    });
    expect(told).toContain(
      'Batches hold 12 and not 13 (training.batch) of the training clips of digit: there are no more.',
    );
  });

  it('segments that are ten times as long as every clip are pointed out, before features are computed', async () => {
    const told = async (seconds: number) => {
      const events: string[] = [];
      const features = { sampleRate: 8000, seconds, bins: 128, pool: 8, hop: 256 };
      await dryRun(tinyConfig(corpus, { features, training: { batch: 4 } }), {
        store: join(root, 'store'),
        cache: join(root, 'cache'),
        observer: { onNote: (note) => events.push(note), onProgress: () => events.push('computing') },
      });
      return [...new Set(events)];
    };
    expect(await told(4.5)).toEqual([
      'features.seconds is 4.5 s; the longest clip has 0.4 s: nearly all that is computed and trained on is silence. Take fewer seconds.',
      'computing',
    ]);
    expect(await told(4)).toEqual(['computing']);
  });

  it.each([
    [{ split: { kind: 'group', column: 'digit' } }, /split\.column: "digit" is the target/],
    [{ split: { kind: 'k-fold', column: 'digit' } }, /split\.column: "digit" is the target/],
    [
      { data: { corpus: 'manifest', path: 'clips.csv', labels: { digit: { rename: { low: '' } } } } },
      /a label has a name; to leave clips out, name their label under drop/,
    ],
  ])('%o is refused', async (changes, message) => {
    await expect(notesOf(changes)).rejects.toThrow(message);
  });
});
