import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from 'onnx-autograd';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { type FitOptions, fit } from '../../../src/learning/training/fit.js';
import { smallObjective, voicedTraining } from '../training/small-objectives.js';

async function outcome(options: FitOptions) {
  const { session, weights, epochs } = await fit(options);
  await session.close();
  return { weights, epochs: epochs.map(({ seconds: _, ...metrics }) => metrics) };
}

/** Largest change of a weight of a layer. */
function moved(
  before: Readonly<Record<string, Tensor>>,
  after: Readonly<Record<string, Tensor>>,
  layer: string,
) {
  const [a, b] = [before, after].map((weights) => weights[`${layer}.weight`]?.data as Float32Array);
  return Math.max(...a!.map((value, i) => Math.abs(value - b![i]!)));
}

const taps = [
  ['conv1_1', 'before'],
  ['conv2_1', 'after'],
  ['conv4_2', 'before'],
  ['conv4_2', 'after'],
  ['pool2', 'after'],
] as const;

describe.each(objectives.members)('the objective $name', (definition) => {
  const { name: kind } = definition;
  const { shape } = definition.settings;
  const places = 'tap' in shape ? taps : taps.slice(0, 1);
  const sides = 'clips' in shape ? (['batch', 'auxiliary'] as const) : ([undefined] as const);
  const rows = places.flatMap(([tap, position]) => sides.map((clips) => ({ tap, position, clips })));

  it('says what it is and where it comes from', async () => {
    expect(shape.kind.safeParse(kind).success).toBe(true);
    expect(definition.paper).toMatch(/arXiv \d{4}\.\d{4,5}/);
    const page = await readFile(new URL('../../../../../docs/method.md', import.meta.url), 'utf8');
    expect(page).toContain(`\`${kind}\``);
  });

  it.each(rows)(
    'trains at $tap $position ($clips): finite, and it moves the network',
    async ({ tap, position, clips }) => {
      const settings = { optimizer: 'sgd', momentum: 0, learningRate: 0.1, choose: 'last' } as const;
      const own = 'tap' in shape ? { tap, position, clips } : {};
      const plain = await outcome(voicedTraining([], settings));
      const { weights, epochs } = await outcome(voicedTraining([smallObjective(kind, own)], settings));
      for (const [name, { data }] of Object.entries(weights)) {
        expect((data as Float32Array).every(Number.isFinite), name).toBe(true);
      }
      for (const { train } of epochs) {
        for (const value of Object.values(train.objectives)) expect(Number.isFinite(value)).toBe(true);
      }
      const first = epochs[0]?.train.objectives;
      if ('measures' in definition) expect(first).toHaveProperty(kind);
      else expect(first).toEqual({});
      expect(moved(plain.weights, weights, 'conv1_1')).toBeGreaterThan(1e-6);
    },
  );

  describe('stopped in an epoch', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'objectives-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it.each(sides)('continues to the same numbers, with all that it trains (%s)', async (clips) => {
      const own = clips === undefined ? {} : { clips };
      const training = voicedTraining([smallObjective(kind, own)], { epochs: 2 });
      const whole = await outcome(training);
      const stop = new AbortController();
      const onBatch: FitOptions['onBatch'] = ({ epoch, batch }) => {
        if (epoch === 2 && batch === 1) stop.abort();
      };
      await expect(fit({ ...training, folder, onBatch, signal: stop.signal })).rejects.toThrow(/abort/i);
      expect(await outcome({ ...training, folder })).toEqual(whole);
      const other = [{ ...smallObjective(kind, own), settings: { kind: 'another' } }];
      await expect(fit({ ...training, objectives: other, folder })).rejects.toThrow(/another training/);
    });
  });
});
