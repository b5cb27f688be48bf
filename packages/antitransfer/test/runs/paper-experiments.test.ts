import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matchesAny } from 'onnx-autograd/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networks } from '../../src/learning/networks/registry.js';
import { type ConfigTree, readConfigFile, releasePaths, resolveConfig } from '../../src/runs/config/load.js';
import { methodsOf } from '../../src/runs/config/methods.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { prepare } from '../../src/runs/data/prepare.js';
import { checkMethods } from '../../src/runs/plan/check-methods.js';
import { planJobs } from '../../src/runs/plan/plan-jobs.js';
import { Store } from '../../src/runs/store/store.js';
import {
  digits,
  families,
  instruments,
  noiseTypes,
  writeGoodSounds,
  writeIemocap,
  writeLibrispeech,
  writeMsSnsd,
  writeNsynth,
  writeSpeechCommands,
} from '../data/corpora/miniatures.js';

const folder = fileURLToPath(new URL('../../../../examples/paper', import.meta.url));
const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();

/** What each experiment of the paper learns, has as classes, forgets, and how many methods it compares. */
const experiments: Readonly<
  Record<
    string,
    { target: readonly string[]; tasks: Readonly<Record<string, readonly string[]>>; methods: number }
  >
> = {
  'good-sounds-by-instrument.yaml': goodSounds(),
  'good-sounds-random.yaml': goodSounds(),
  'iemocap-by-session.yaml': iemocap(),
  'iemocap-random.yaml': iemocap(),
  'speech-commands-clean.yaml': speechCommands(),
  'speech-commands-noisier.yaml': speechCommands(),
  'speech-commands-noisy.yaml': speechCommands(),
};

function goodSounds() {
  const target = ['bad-attack', 'bad-dynamics', 'bad-pitch', 'bad-timbre', 'good-sound'];
  return { target, tasks: { families, instruments }, methods: 1 + 2 + 26 };
}

function iemocap() {
  const people = [1, 2, 3, 4, 5].flatMap((session) => [`Ses0${session}F`, `Ses0${session}M`]);
  return {
    target: ['ang', 'hap', 'neu', 'sad'],
    tasks: { words: ['DO', 'GO'], speakers: people },
    methods: 29,
  };
}

function speechCommands() {
  const tasks = { noises: noiseTypes, emotions: ['ang', 'hap', 'neu', 'sad'] };
  return { target: digits, tasks, methods: 1 + 2 + 26 + 26 };
}

const paper = await readFile(new URL('../../../../docs/paper.md', import.meta.url), 'utf8');

/** The numbers of an experiment's row in the documentation: no transfer, one task each, dual in both orders. */
function reportedInDocs(file: string): number[] {
  const rows = paper.slice(paper.indexOf('## What was reported')).split('\n');
  const order = ['iemocap-random', 'iemocap-by-session', 'good-sounds-random', 'good-sounds-by-instrument'];
  const names = [...order, ...['clean', 'noisy', 'noisier'].map((which) => `speech-commands-${which}`)];
  const cells = rows
    .filter((row) => /\d/.test(row) && row.startsWith('|'))
    .map((row) => row.split('|').slice(3));
  return (cells[names.indexOf(file.replace('.yaml', ''))] ?? []).flatMap((cell) =>
    [...cell.matchAll(/\d+\.\d+/g)].map(Number),
  );
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'paper-experiments-'));
  const corpora = join(root, 'corpora');
  await writeIemocap(join(corpora, 'iemocap'), { seconds: 1 });
  await writeLibrispeech(join(corpora, 'librispeech'));
  await writeSpeechCommands(join(corpora, 'speech-commands-v0.01'), { each: 10 });
  await writeMsSnsd(join(corpora, 'ms-snsd'), { each: 66 });
  await writeNsynth(join(corpora, 'nsynth'));
  await writeGoodSounds(join(corpora, 'good-sounds'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** An experiment on the miniatures, with features that are computed in no time. */
async function small(file: string) {
  const tree = releasePaths(await readConfigFile(join(folder, file)), folder);
  const features = { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 2 };
  const network = { ...(tree.network as ConfigTree), width: 0.02 };
  return resolveConfig(
    anchored({ ...tree, features, network, segments: { hop: 0.4, minimumPeak: 0.05 }, seeds: 1 }),
    file,
  );
}

/** Paths of an example are relative to its folder: here to that of the miniatures. */
function anchored(tree: ConfigTree): ConfigTree {
  return JSON.parse(JSON.stringify(tree).replaceAll('"corpora/', `"${join(root, 'corpora')}/`)) as ConfigTree;
}

it('has a file for each experiment of the paper, and the one for any recordings', () => {
  expect(files).toEqual([...Object.keys(experiments), 'emotion-without-speaker.yaml'].sort());
});

describe.each(Object.entries(experiments))('%s', (file, { target, tasks, methods }) => {
  it('compares every place of the released code for every task', async () => {
    const { experiment } = await small(file);
    const all = methodsOf(experiment);
    expect(all).toHaveLength(methods);
    const { published } = networks.find('vgg16');
    const places = Object.keys(published?.layers ?? {});
    expect(places).toHaveLength(13);
    for (const task of Object.keys(tasks)) {
      const looks = all.flatMap(({ start, objectives }) =>
        objectives.flatMap((objective) =>
          start === 'random' && 'tap' in objective && objective.orthogonal === task ? [objective.tap] : [],
        ),
      );
      expect(looks).toEqual(places);
    }
  });

  it('has what was reported, each number beside methods that it compares', async () => {
    const { experiment } = await small(file);
    const { source, accuracies = [] } = experiment.reported ?? {};
    expect(source).toBe('arXiv 2006.06494');
    expect(accuracies.map(({ percent }) => percent)).toEqual(reportedInDocs(file));
    const ids = methodsOf(experiment).map(({ id }) => id);
    const beside = accuracies.map((number) => ids.filter((id) => matchesAny(id, number.methods)).length);
    // No transfer, then thirteen places of each of the others.
    expect(beside).toEqual([1, ...Array.from({ length: (methods - 3) / 13 }, () => 13)]);
  });

  it('is planned on miniatures of its corpora', async () => {
    const { experiment } = await small(file);
    const store = new Store(join(root, 'store'));
    const drawn = await drawSplits(experiment);
    const checked = await checkMethods(experiment, drawn);
    const plan = await planJobs(experiment, await prepare(experiment, drawn, { store }), store, checked);
    expect(plan.methods.map(({ of }) => of)).toHaveLength(methods);
    expect(new Set(drawn.classes)).toEqual(new Set(target));
    for (const { settings, classes } of drawn.repetitions[0]?.tasks ?? []) {
      const expected = tasks[settings.name] ?? [];
      // Training has not every instrument and speaker where the test keeps some for itself.
      if (file.includes('-by-')) expect(expected).toEqual(expect.arrayContaining([...classes]));
      else expect([...classes].sort()).toEqual([...expected].sort());
    }
    expect(drawn.repetitions[0]?.tasks).toHaveLength(2);
  }, 240_000);
});
