import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { type Ran, runTiny, tinyConfig, tinyTree, writeTiny } from './tiny.js';

let root: string;
let ran: Ran;
const published = { similarity: 'squared-cosine-rows', aggregation: 'gram-batch' };
const forget = (orthogonal: string, more: ConfigTree = {}) => ({ ...published, orthogonal, ...more });

/** As in the paper: words, and two tasks of two other corpora that are forgotten one after the other, both ways, and at once. */
const methods = [
  'no-transfer',
  { id: 'voices', objectives: [forget('voices')] },
  { id: 'voices-then-noises', start: 'voices', objectives: [forget('noises')] },
  { id: 'noises', objectives: [forget('noises')] },
  { id: 'noises-then-voices', start: 'noises', objectives: [forget('voices')] },
  { id: 'both', objectives: [forget('voices'), forget('noises', { tap: 'pool2' })] },
  {
    id: 'both-on-their-clips',
    objectives: ['voices', 'noises'].map((task) => ({
      similarity: 'cka',
      clips: 'auxiliary',
      orthogonal: task,
    })),
  },
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dual-'));
  const corpus = join(root, 'corpus');
  await writeTiny(corpus);
  const [other, noise] = [join(root, 'other'), join(root, 'noises')];
  await cp(corpus, other, { recursive: true });
  await mkdir(noise);
  const random = new Random(3);
  for (const [name, length] of [
    ['hiss', 1],
    ['crackle', 60],
  ] as const) {
    const samples = Float32Array.from({ length: 8000 }, (_, i) =>
      i % length === 0 ? 0.2 * random.normal() : 0,
    );
    await writeFile(join(noise, `${name}.wav`), encodeWav(samples, 8000));
  }
  const data = { ...(tinyTree(other).data as ConfigTree) };
  const orthogonal = [
    { name: 'voices', column: 'speaker', data },
    { name: 'noises', column: 'noise', data: { ...data, noise, snr: [0] } },
  ];
  ran = await runTiny(tinyConfig(corpus, { orthogonal, methods }), root);
}, 240_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** The job that trains a method, and what its result is. */
function trained(method: string) {
  const { plan, records } = ran.experiment;
  const cell = plan.methods.find(({ of }) => of === method);
  const job = plan.jobs.find(({ id }) => id === cell?.job)?.job;
  const record = records.get(cell?.job ?? '');
  if (job?.kind !== 'target' || record?.kind !== 'target') throw new Error(`${method} was not trained.`);
  return { id: cell?.job, job, record };
}

/** The job of an orthogonal task's network. */
const networkOf = (task: string) => ran.experiment.plan.tasks.find(({ of }) => of === task)?.job;

describe('two tasks of two other corpora', () => {
  it('have a network each, that learned its own labels', () => {
    expect(networkOf('voices')).not.toBe(networkOf('noises'));
    const classes = ran.experiment.data.repetitions[0]?.tasks.map((task) => task.classes);
    expect(classes).toEqual([
      ['ann', 'bob'],
      ['crackle', 'hiss'],
    ]);
  });

  it.each([
    ['voices', 'noises'],
    ['noises', 'voices'],
  ])('are forgotten one after the other: %s, then %s', (first, second) => {
    const { job, record } = trained(`${first}-then-${second}`);
    expect(job.start).toEqual({ from: 'target', job: trained(first).id });
    expect(job.tasks.map(({ network }) => network)).toEqual([networkOf(second)]);
    expect(record.epochs).toHaveLength(2);
    expect(record.network.sha256).not.toBe(trained(first).record.network.sha256);
  });

  it('are forgotten at once, each at its tap: two frozen networks in one training', () => {
    const { job, record } = trained('both');
    expect(job.tasks.map(({ network }) => network)).toEqual([networkOf('voices'), networkOf('noises')]);
    const [{ train } = { train: { objectives: {} } }] = record.epochs;
    const [voices, noises, ...others] = Object.values(train.objectives);
    expect(others).toEqual([]);
    for (const value of [voices, noises]) expect(value).toBeGreaterThan(0);
    expect(Object.keys(train.objectives)).toEqual(['squared-cosine-rows', 'squared-cosine-rows-2']);
    expect(noises).not.toBe(voices);
  });

  it('are forgotten at once on the clips of each', () => {
    const { job, record } = trained('both-on-their-clips');
    expect(job.tasks.map(({ clips }) => clips).filter((clips) => clips !== null)).toHaveLength(2);
    for (const { train } of record.epochs) {
      for (const value of Object.values(train.objectives)) expect(value).toBeGreaterThan(0);
    }
  });

  it('are both looked for in every network', () => {
    const { plan, records } = ran.experiment;
    for (const { assessment } of plan.methods) {
      const record = records.get(assessment);
      expect(record?.kind === 'assessment' && record.tasks.map(({ curve }) => curve.length)).toEqual([2, 2]);
    }
  });
});
