import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import type { RunEvent } from '../../src/runs/jobs/runner.js';
import { runTiny, tinyConfig } from './tiny.js';

let root: string;
let corpus: string;

/**
 * Recordings of noise through a filter of their own, and eight windows of each, nearly all of it in common. Who speaks is
 * drawn by lot for each recording: nothing in the sound tells it, but whoever heard a window knows the others.
 */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'probe-recordings-'));
  corpus = join(root, 'corpus');
  await mkdir(corpus, { recursive: true });
  const random = new Random(1);
  const rows = ['path,start,duration,digit,speaker,list'];
  for (let recording = 0; recording < 24; recording++) {
    const [a, b] = [random.uniform() * 3, random.uniform() * 3];
    const samples = Float32Array.from(
      { length: 4000 },
      (_, i) => 0.2 * Math.sin(a * i) + 0.2 * Math.sin(b * i) + 0.01 * random.normal(),
    );
    await writeFile(join(corpus, `${recording}.wav`), encodeWav(samples, 8000));
    const list = recording < 8 ? 'training' : recording < 12 ? 'validation' : 'testing';
    const labels = [recording % 2 ? 'odd' : 'even', (recording >> 1) % 2 ? 'ann' : 'bob', list];
    for (let window = 0; window < 8; window++)
      rows.push([`${recording}.wav`, window * 0.01, 0.4, ...labels].join());
  }
  await writeFile(join(corpus, 'clips.csv'), `${rows.join('\n')}\n`);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const config = () => tinyConfig(corpus, { methods: ['no-transfer'], training: { epochs: 1, batch: 16 } });

it('says how far it is, and stops when told', async () => {
  const stop = new AbortController();
  const heard: RunEvent['event'][] = [];
  const onEvent = ({ event }: RunEvent) => {
    if (event.kind !== 'probing') return;
    heard.push(event);
    stop.abort(new Error('enough'));
  };
  await expect(runTiny(config(), root, { signal: stop.signal, onEvent })).rejects.toThrow('enough');
  expect(heard).toMatchObject([{ kind: 'probing', done: 1 }]);
});

it('a probe does not hear one window of a recording to read the label of another', async () => {
  const { trained, experiment } = await runTiny(config(), root);
  expect(trained).toEqual(['test of no-transfer/1']);
  const [run] = experiment.plan.methods;
  const record = experiment.records.get(run!.assessment);
  if (record?.kind !== 'assessment') throw new Error('There is no record of the test.');
  const [task] = record.tasks;
  expect(task!.probe.chance).toBeCloseTo(0.5, 1);
  // With windows of one recording on both sides it is 0.93.
  expect(task!.probe.accuracy).toBeLessThan(0.8);
  expect(experiment.data.account.grouped.shared).toEqual({ files: 24, clips: 192 });
});
