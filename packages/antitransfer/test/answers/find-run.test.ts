import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkModel, checkNetwork } from '../../src/answers/check-model.js';
import { collectResults } from '../../src/answers/collect.js';
import { findRun } from '../../src/answers/find-run.js';
import { writeModels } from '../../src/answers/models.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { paths } from '../../src/runs/folder/paths.js';
import { type Ran, runTiny, tinyConfig, writeTiny } from '../runs/tiny.js';

let root: string;
let corpus: string;
let ran: Ran;
let here: { readonly store: undefined; readonly cache: string };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-run-'));
  corpus = join(root, 'corpus');
  here = { store: undefined, cache: join(root, 'cache') };
  await writeTiny(corpus);
  ran = await runTiny(tinyConfig(corpus), root);
  await writeModels(join(root, 'out'), ran.experiment, collectResults(ran.experiment, []));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

it('takes what was asked from the sealed index, whatever became of the configuration beside it', async () => {
  const config = paths.config(join(root, 'out'));
  const text = await readFile(config, 'utf8');
  try {
    for (const other of [text.replace('target: digit', 'target: room'), 'no: [configuration', undefined]) {
      if (other === undefined) await rm(config);
      else await writeFile(config, other);
      const { experiment } = await findRun(join(root, 'out'), { method: 'cka' }, here);
      expect(experiment).toEqual(tinyConfig(corpus).experiment);
    }
  } finally {
    await writeFile(config, text);
  }
});

it('finds a training with its test, and the clips that it was tested on, by content and by name', async () => {
  const found = await findRun(join(root, 'out'), { method: 'cka' }, here);
  const cell = ran.experiment.plan.methods.find(({ of }) => of === 'cka');
  expect(found.record).toEqual(ran.experiment.records.get(cell?.job ?? ''));
  expect(found.assessment).toEqual(ran.experiment.records.get(cell?.assessment ?? ''));
  expect(found.clips).toHaveLength(4);
  const cache = join(root, 'cache');
  expect(await checkModel(found.model, found, cache)).toMatchObject({
    clips: 4,
    difference: expect.closeTo(0, 5),
  });
  expect(await checkNetwork(found.job.network, found)).toMatchObject({
    clips: 4,
    difference: expect.closeTo(0, 5),
  });
});

it('finds the test clips of a run whose splits were drawn again, without recordings that were skipped', async () => {
  const broken = join(root, 'broken');
  await writeTiny(broken);
  for (const name of ['low-ann-0.wav', 'high-bob-1.wav']) await writeFile(join(broken, name), '');
  const config = tinyConfig(broken, {
    data: { corpus: 'manifest', path: join(broken, 'clips.csv'), problems: 'skip' },
    split: { kind: 'stratified' },
    methods: ['no-transfer'],
  });
  const { experiment } = await runTiny(config, root, { folder: 'again' });
  await writeModels(join(root, 'again'), experiment, collectResults(experiment, []));
  const found = await findRun(join(root, 'again'), {}, here);
  const first = await drawSplits(config.experiment);
  expect(found.clips).not.toEqual(first.repetitions[0]?.split.test.map(({ id }) => id));
  expect(await checkModel(found.model, found, join(root, 'cache'))).toMatchObject({
    clips: found.clips.length,
    difference: expect.closeTo(0, 5),
  });
}, 60_000);
