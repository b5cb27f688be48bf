import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  adam,
  float32,
  GraphError,
  loadSnapshot,
  OnnxFormatError,
  readSnapshot,
  sgd,
  TrainingSession,
  writeSafetensors,
  writeSnapshot,
} from 'onnx-autograd';
import { snapshotTensors } from 'onnx-autograd/internal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batch, smallTraining } from './training-network.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onnx-autograd-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function steps(session: TrainingSession, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step < to; step++) losses.push((await session.step('train', batch(step))).loss);
  return losses;
}

describe('a training continued from a snapshot', () => {
  const optimizers = [adam({ learningRate: 0.01 }), sgd({ momentum: 0.9, nesterov: true })];
  it.each(optimizers.map((optimizer) => [optimizer.kind, optimizer] as const))(
    'by %s has the numbers of one that was never interrupted, bit for bit',
    async (_kind, optimizer) => {
      const options = { optimizer, schedule: { kind: 'cosine', steps: 9 }, clipNorm: 0.5, seed: 4 } as const;
      const whole = await TrainingSession.create(smallTraining(options));
      const wanted = await steps(whole, 0, 8);
      const end = await whole.snapshot();
      await whole.close();

      const first = await TrainingSession.create(smallTraining(options));
      const before = await steps(first, 0, 4);
      await first.save(folder, { epoch: 2, order: [3, 1] });
      await first.close();

      // Other weights and another seed: everything must come from the folder.
      const second = await TrainingSession.create(smallTraining({ ...options, weightSeed: 9, seed: 5 }));
      expect(await second.load(folder)).toEqual({ epoch: 2, order: [3, 1] });
      expect(await second.steps()).toBe(4);
      expect([...before, ...(await steps(second, 4, 8))]).toEqual(wanted);
      const found = await second.snapshot();
      await second.close();
      expect(found).toEqual(end);
      expect(found.step).toBe(8);
      const slots = optimizer.kind === 'sgd' ? ['velocity'] : ['mean', 'variance'];
      expect(Object.keys(found.optimizer)).toEqual(slots);
      for (const slot of slots) expect(found.optimizer[slot]).toHaveProperty(['conv1.weight']);
      expect(found.weights).toHaveProperty(['conv1.weight']);
      // The statistics of batch normalization moved, and were saved with the rest.
      expect(Array.from(found.weights['norm.mean']?.data as Float32Array)).not.toEqual([0, 0, 0, 0]);
    },
  );

  it('that was taken before the first step starts afresh', async () => {
    const session = await TrainingSession.create(smallTraining());
    const start = await session.snapshot();
    const wanted = await steps(session, 0, 4);
    await session.restore(start);
    expect(await session.steps()).toBe(0);
    expect(await steps(session, 0, 4)).toEqual(wanted);
    await session.close();
  });
});

describe('saving', () => {
  it('keeps one snapshot, and leaves files that are not its own', async () => {
    await writeFile(join(folder, 'best.safetensors'), 'mine');
    const session = await TrainingSession.create(smallTraining());
    for (const epoch of [1, 2, 3]) await session.save(folder, { epoch });
    await session.close();
    const names = await readdir(folder);
    expect(names.length).toBe(3);
    expect(names).toContain('snapshot.json');
    expect(await readFile(join(folder, 'best.safetensors'), 'utf8')).toBe('mine');
    expect((await loadSnapshot(folder))?.extra).toEqual({ epoch: 3 });
  });

  it('an empty or missing folder has no snapshot', async () => {
    expect(await loadSnapshot(folder)).toBeUndefined();
    const session = await TrainingSession.create(smallTraining({}));
    expect(await session.load(join(folder, 'nowhere'))).toBeUndefined();
    await session.close();
  });

  it('a process killed while it saves leaves a whole snapshot', async () => {
    const script = fileURLToPath(new URL('saving.mjs', import.meta.url));
    for (const wait of [0, 2, 5, 9, 14, 20, 27, 35]) {
      const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGKILL');
      const [, signal] = await once(child, 'exit');
      expect(signal).toBe('SIGKILL');
      const found = await loadSnapshot(folder);
      const step = found?.snapshot.step ?? 0;
      expect(step).toBeGreaterThan(0);
      expect(found?.extra).toEqual({ step });
      expect(found?.snapshot.random).toEqual([step, step, step, step]);
      const data = found?.snapshot.weights.w?.data as Float32Array;
      expect(data.length).toBe(500_000);
      expect(data.every((value) => value === step)).toBe(true);
    }
  });
});

describe('the bytes of a snapshot', () => {
  it('are read back as it was', async () => {
    const session = await TrainingSession.create(smallTraining());
    for (const done of [0, 2]) {
      await steps(session, 0, done);
      const snapshot = await session.snapshot();
      expect(readSnapshot(writeSnapshot(snapshot, { epoch: 1 }))).toEqual({ snapshot, extra: { epoch: 1 } });
    }
    await session.close();
  });

  it('have the weights under "weights/" and the optimizer’s arrays under their slots, as files always had', () => {
    const tensors = { 'weights/conv/w': float32([1, 2]), 'mean/conv/w': float32([3, 4]) };
    const bytes = writeSafetensors(tensors, {
      snapshot: JSON.stringify({ step: 5, random: [1, 2, 3, 4], extra: null }),
    });
    const { snapshot } = readSnapshot(bytes);
    expect(snapshot).toEqual({
      weights: { 'conv/w': tensors['weights/conv/w'] },
      optimizer: { mean: { 'conv/w': tensors['mean/conv/w'] } },
      step: 5,
      random: [1, 2, 3, 4],
    });
    expect(snapshotTensors(snapshot)).toEqual(tensors);
    expect(writeSnapshot(snapshot)).toEqual(bytes);
  });
});

describe('what is no snapshot is refused, and told from one', () => {
  const progress = { step: 5, random: [1, 2, 3, 4], extra: null };
  const wrongProgress: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{"step": 5', /is not JSON/],
    ['another value', 'null', /"step" is undefined/],
    [
      'no step',
      JSON.stringify({ ...progress, step: undefined }),
      /"step" is undefined, and not a whole number/,
    ],
    ['a text for the step', JSON.stringify({ ...progress, step: '5' }), /"step" is "5"/],
    ['a step before the first', JSON.stringify({ ...progress, step: -1 }), /"step" is -1/],
    ['half a step', JSON.stringify({ ...progress, step: 0.5 }), /"step" is 0\.5/],
    ['no random state', JSON.stringify({ step: 5 }), /"random" is undefined, and not four whole numbers/],
    ['a short state', JSON.stringify({ ...progress, random: [1, 2, 3] }), /"random" is \[1,2,3\]/],
    [
      'a state of texts',
      JSON.stringify({ ...progress, random: ['1', 2, 3, 4] }),
      /"random" is \["1",2,3,4\]/,
    ],
    [
      'too large a state',
      JSON.stringify({ ...progress, random: [2 ** 40, 2, 3, 4] }),
      /"random" is \[1099511627776/,
    ],
  ];
  const tensors = { 'weights/w': float32([1, 2]) };

  it.each(wrongProgress)('in bytes: %s', (_what, snapshot, message) => {
    const bytes = writeSafetensors(tensors, { snapshot });
    expect(() => readSnapshot(bytes)).toThrow(message);
    expect(() => readSnapshot(bytes)).toThrow(OnnxFormatError);
  });

  it.each(wrongProgress)('in a folder: %s', async (_what, snapshot, message) => {
    await writeFile(join(folder, 'snapshot-5.safetensors'), writeSafetensors(tensors));
    const path = join(folder, 'snapshot.json');
    await writeFile(path, snapshot.replace(/}$/, ',"tensors":"snapshot-5.safetensors"}'));
    await expect(loadSnapshot(folder)).rejects.toThrow(message);
    await expect(loadSnapshot(folder)).rejects.toThrow(`"${path}"`);
    await expect(loadSnapshot(folder)).rejects.toBeInstanceOf(OnnxFormatError);
  });

  it.each([
    ['no name', undefined, /"tensors" is undefined/],
    ['a file elsewhere', '../snapshot-1.safetensors', /"tensors" is "\.\.\/snapshot-1\.safetensors"/],
    ['a file that is gone', 'snapshot-1.safetensors', /wants the file "snapshot-1\.safetensors" beside it/],
  ])('in a folder, of its numbers: %s', async (_what, name, message) => {
    await writeFile(join(folder, 'snapshot.json'), JSON.stringify({ ...progress, tensors: name }));
    await expect(loadSnapshot(folder)).rejects.toThrow(message);
    await expect(loadSnapshot(folder)).rejects.toBeInstanceOf(OnnxFormatError);
  });

  it('a tensor that is of nothing', () => {
    const bytes = writeSafetensors({ ...tensors, w: float32(1) }, { snapshot: JSON.stringify(progress) });
    expect(() => readSnapshot(bytes)).toThrow('"w" is no tensor of a snapshot');
    expect(() => readSnapshot(bytes)).toThrow(OnnxFormatError);
  });

  it('by a session, which goes on as if nothing had been asked', async () => {
    const session = await TrainingSession.create(smallTraining());
    await steps(session, 0, 2);
    const before = await session.snapshot();
    for (const wrong of [{ step: Number.NaN }, { random: [1, 2, 3] }]) {
      const refused = session.restore({ ...before, ...wrong });
      await expect(refused).rejects.toThrow(
        /^No training can continue from this snapshot: "(step|random)" is /,
      );
      await expect(refused).rejects.toBeInstanceOf(GraphError);
    }
    expect(await session.snapshot()).toEqual(before);
    await session.close();
  });
});

describe('a snapshot of another training is refused, and nothing changes', () => {
  const cases = [
    [
      'another optimizer',
      smallTraining({ optimizer: sgd({ momentum: 0.9 }) }),
      /"mean\/.*"adam"|velocity.*"adam"/,
    ],
    [
      'other shapes',
      smallTraining({ channels: 6 }),
      /"conv1\.weight" is float32 \(4, 1, 3, 3\).*\(6, 1, 3, 3\)/,
    ],
  ] as const;
  it.each(cases)('%s', async (_what, options, message) => {
    const other = await TrainingSession.create(options);
    await steps(other, 0, 2);
    const foreign = await other.snapshot();
    await other.close();
    const session = await TrainingSession.create(smallTraining());
    await steps(session, 0, 2);
    const before = await session.snapshot();
    await expect(session.restore(foreign)).rejects.toThrow(message);
    await expect(session.restore(foreign)).rejects.toBeInstanceOf(GraphError);
    expect(await session.snapshot()).toEqual(before);
    await session.close();
  });
});
