import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkModel, checkNetwork } from '../../src/answers/check-model.js';
import { collectResults } from '../../src/answers/collect.js';
import { findRun } from '../../src/answers/find-run.js';
import { renderReport } from '../../src/answers/page/html.js';
import { compare } from '../../src/compare.js';
import { loadNetwork } from '../../src/learning/networks/store.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { networkJobOf } from '../../src/runs/plan/plan.js';
import { planAnalysis } from '../../src/runs/plan/plan-analysis.js';
import { InlineRunner } from '../../src/runs/runners/inline-runner.js';
import { numbersOf, type Ran, runTiny, surroundingsOf, tinyConfig, writeTiny } from './tiny.js';

let root: string;
let corpus: string;
let ran: Ran;

const methods = [
  'no-transfer',
  'cka',
  'deep-feature-reweighting',
  'leace',
  { id: 'cka-then-inlp', correction: { kind: 'inlp', method: 'cka', tap: 'conv2_1', position: 'before' } },
  { id: 'own', objectives: [{ kind: 'focal' }], correction: { kind: 'leace', clips: 'batch' } },
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'corrections-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  ran = await runTiny(tinyConfig(corpus, { methods }), root);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const cell = (id: string, { experiment }: Ran = ran) =>
  experiment.plan.methods.find(({ of }) => of === id) ?? expect.fail(`there is no ${id}`);

const networkOf = (id: string) => loadNetwork(ran.experiment.store.job(networkJobOf(cell(id))).network);

const weightsOf = async (id: string) =>
  new Map(
    (await networkOf(id)).graph.initializers.map(({ name, data }) => [
      name,
      Array.from(data?.data ?? [], Number),
    ]),
  );

describe('a correction', () => {
  it('depends on the training that it corrects, and trains nothing else', () => {
    expect(ran.trained).toEqual(
      [
        ...['no-transfer/1', 'cka/1', 'own/1', 'orthogonal-speaker/1'],
        ...['deep-feature-reweighting', 'leace', 'cka-then-inlp', 'own'].map((id) => `correction of ${id}/1`),
        ...['no-transfer', 'cka', 'deep-feature-reweighting', 'leace', 'cka-then-inlp', 'own'].map(
          (id) => `test of ${id}/1`,
        ),
      ].sort(),
    );
    expect(cell('leace').job).toBe(cell('no-transfer').job);
    expect(cell('cka-then-inlp').job).toBe(cell('cka').job);
  });

  it('of the last layer changes that layer only', async () => {
    const [before, after] = [await weightsOf('no-transfer'), await weightsOf('deep-feature-reweighting')];
    expect([...after.keys()]).toEqual([...before.keys()]);
    const changed = [...before.keys()].filter((name) => before.get(name)?.join() !== after.get(name)?.join());
    expect(changed).toEqual(['linear.weight', 'linear.bias']);
  });

  it.each([
    ['leace', 'no-transfer', 'conv4_2', 'after'],
    ['own', 'no-transfer', 'conv4_2', 'after'],
    ['cka-then-inlp', 'cka', 'conv2_1', 'before'],
  ] as const)(
    'that erases (%s) adds a layer behind the tap, which is looked at behind it',
    async (id, of, tap, at) => {
      const [before, after] = [await networkOf(of), await networkOf(id)];
      expect([...after.taps.keys()]).toEqual([...before.taps.keys()]);
      expect(after.taps.get(tap)?.[at].name).toBe(`${tap}.erasure`);
      if (at === 'before') expect(after.taps.get(tap)?.after.name).toBe(before.taps.get(tap)?.after.name);
    },
  );

  it('that leaves the maps as they were is not looked at again, layer by layer', async () => {
    const { index, store } = ran.experiment;
    const { cells, jobs } = await planAnalysis(index, store, { readers: ['linear'], taps: ['conv2_1'] });
    const job = (id: string) => cells.find(({ of }) => of === id)?.job ?? expect.fail(id);
    expect(job('deep-feature-reweighting')).toBe(job('no-transfer'));
    const others = ['no-transfer', 'cka', 'leace', 'cka-then-inlp', 'own'];
    expect(new Set(others.map(job)).size).toBe(others.length);
    // And the first weights.
    expect(jobs).toHaveLength(others.length + 1);
  });

  it('is what is tested, probed and compared', () => {
    const results = collectResults(ran.experiment, []);
    const run = (id: string) => results.runs.find(({ method }) => method === id) ?? expect.fail(id);
    expect(run('leace').predictions).not.toEqual(run('no-transfer').predictions);
    expect(run('leace').tasks[0]?.cka).not.toBe(run('no-transfer').tasks[0]?.cka);
    // Its epochs are those of the training.
    expect(run('leace').epochs.map(({ train }) => train)).toEqual(
      run('no-transfer').epochs.map(({ train }) => train),
    );
    expect(results.methods.map(({ correction }) => correction)).toMatchObject([
      ...[undefined, undefined],
      { kind: 'deep-feature-reweighting', learnsFrom: 'validation', labels: 'validation', method: null },
      { kind: 'leace', learnsFrom: 'training', labels: 'auxiliary', forgets: 'speaker' },
      { kind: 'inlp', method: 'cka' },
      { kind: 'leace', labels: 'training' },
    ]);
    const page = renderReport(results);
    expect(page).toContain('It learns from the target labels of validation clips');
    expect(page).toContain('The networks are those of “CKA”');
  });

  it('gives the same numbers when it is done again', async () => {
    for (const id of ['deep-feature-reweighting', 'leace', 'cka-then-inlp']) {
      const { correction = '', assessment } = cell(id);
      for (const job of [correction, assessment])
        await rm(ran.experiment.store.job(job).folder, { recursive: true });
    }
    const again = await runTiny(tinyConfig(corpus, { methods }), root);
    expect(again.trained).toHaveLength(6);
    expect(numbersOf(again.experiment)).toEqual(numbersOf(ran.experiment));
  }, 60_000);

  it('is exported like any network, and gives the probabilities of the test', async () => {
    const config = tinyConfig(corpus, { methods: ['no-transfer', 'leace', 'deep-feature-reweighting'] });
    const folder = join(root, 'compared');
    await compare(config, {
      folder,
      store: join(root, 'store'),
      cache: join(root, 'cache'),
      runner: new InlineRunner(surroundingsOf(root)),
    });
    for (const method of ['leace', 'deep-feature-reweighting']) {
      const found = await findRun(folder, { method }, { store: undefined, cache: join(root, 'cache') });
      expect((await checkModel(found.model, found, join(root, 'cache'))).difference).toBeLessThan(1e-4);
      expect((await checkNetwork(found.network, found)).difference).toBeLessThan(1e-4);
    }
  }, 120_000);
});

describe('what cannot be corrected is refused', () => {
  const refuses = (entries: unknown[], more: ConfigTree = {}) =>
    expect(() => tinyConfig(corpus, { methods: entries, ...more }));

  it('a method that is not above, or is corrected itself', () => {
    const of = (method: string) => ({ id: 'late', correction: { kind: 'leace', method } });
    refuses([of('no-transfer'), 'no-transfer']).toThrow(/"no-transfer" is no method above/);
    refuses(['no-transfer', 'leace', of('leace')]).toThrow(/there are "no-transfer"/);
  });

  it('beside a training of its own, another task, and a start from what is corrected', () => {
    const correction = { kind: 'leace', method: 'no-transfer' };
    refuses(['no-transfer', { id: 'both', objectives: [{ kind: 'focal' }], correction }]).toThrow(
      /start and objectives beside it would have no effect/,
    );
    refuses([{ id: 'x', correction: { kind: 'leace', orthogonal: 'shoes' } }]).toThrow(
      /no orthogonal task "shoes"; there are "speaker"/,
    );
    refuses(['leace', { id: 'on', start: 'leace' }]).toThrow(/no training continues from such a network/);
  });

  it('a tap that is not there, before anything is trained', async () => {
    const config = tinyConfig(corpus, {
      methods: [{ id: 'x', correction: { kind: 'leace', tap: 'conv9' } }],
    });
    await expect(runTiny(config, root, { folder: 'refused' })).rejects.toThrow(/There is no tap "conv9"/);
  });

  it('labels that the clips do not have', async () => {
    const other = join(root, 'other');
    await writeTiny(other);
    const orthogonal = { column: 'room', data: { corpus: 'manifest', path: join(other, 'clips.csv') } };
    const split = { kind: 'random', fractions: { train: 0.8, validation: 0.1, test: 0.1 } };
    const config = tinyConfig(corpus, { methods: ['deep-feature-reweighting'], orthogonal, split });
    await expect(runTiny(config, root, { folder: 'refused' })).rejects.toThrow(
      /deep-feature-reweighting learns from one half of the validation clips/,
    );
  });
});
