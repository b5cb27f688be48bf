import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { LayersProfile } from '../../src/bench/layers.js';
import { networks } from '../../src/learning/networks/registry.js';
import { run } from '../cli/run.js';

const tiny = ['--model', 'vgg16', '--width', '0.05', '--input', '1x32x32', '--batch', '2'];

async function measure(command: 'step' | 'layers', ...flags: string[]): Promise<Record<string, unknown>> {
  const { out, err, code } = await run(
    tmpdir(),
    'bench',
    command,
    ...tiny,
    '--steps',
    '3',
    '--threads',
    '1',
    ...flags,
    '--json',
  );
  expect(code, err).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
  return JSON.parse(out) as Record<string, unknown>;
}

describe('bench step', () => {
  it.each([
    [[]],
    [['--cached']],
    [['--plain']],
    [['--recompute']],
    [['--aggregation', 'none', '--similarity', 'cka']],
  ])('prints one line of JSON with %j', async (flags) => {
    const measured = await measure('step', ...flags);
    const { msPerStep, msPerStepMin, peakRssMiB, idleRssMiB, compiledRssMiB } = measured as Record<
      string,
      number
    >;
    expect(msPerStepMin).toBeGreaterThan(0);
    expect(msPerStep).toBeGreaterThanOrEqual(msPerStepMin as number);
    expect(idleRssMiB).toBeGreaterThan(20);
    expect(compiledRssMiB).toBeGreaterThan(idleRssMiB as number);
    expect(peakRssMiB).toBeGreaterThanOrEqual(compiledRssMiB as number);
    expect(measured).toMatchObject({
      model: 'vgg16',
      width: 0.05,
      input: '1x32x32',
      batch: 2,
      tap: 'conv2_2',
      steps: 3,
      threads: 1,
      cached: flags.includes('--cached'),
      plain: flags.includes('--plain'),
      recompute: flags.includes('--recompute'),
    });
  });

  it.each(networks.names)('looks behind the fourth convolution of %s where no tap is told', async (model) => {
    const { tap, ...measured } = await measure('step', '--model', model);
    expect(measured).toMatchObject({ model });
    expect(tap).toBe({ vgg16: 'conv2_2', 'vgg-small': 'conv3_2' }[model]);
  });

  it('prints a table for people', async () => {
    const { out, code } = await run(tmpdir(), 'bench', 'step', ...tiny, '--steps', '1');
    expect(code).toBe(0);
    expect(out).toMatch(/median step +[\d.]+ ms/);
    expect(out).toMatch(/peak memory +\d+ MiB/);
  });

  it('refuses names that there are not, with the nearest', async () => {
    const refused = async (...flags: string[]) => {
      const { code, err } = await run(tmpdir(), 'bench', 'step', ...flags);
      expect(code).toBe(2);
      expect(err).not.toMatch(/\n\s+at /);
      return err;
    };
    expect(await refused('--tap', 'conv2-2')).toMatch(/no tap "conv2-2".*Did you mean conv2_2\?/);
    expect(await refused('--model', 'vgg17')).toMatch(/'vgg17' is invalid.*Did you mean vgg16\?/);
    expect(await refused('--aggregation', 'gramm')).toMatch(/'gramm' is invalid.*Did you mean gram\?/);
    expect(await refused('--similarity', 'cosine')).toMatch(/'cosine' is invalid/);
    expect(await refused('--batch', '0')).toMatch(/'0' is invalid/);
  });
});

describe('bench layers', () => {
  const convolutions = [1, 2].flatMap((block) => [1, 2].map((layer) => `conv${block}_${layer}`));

  it('prints every layer and phase, the frozen network and the machine as one line of JSON', async () => {
    const measured = (await measure('layers')) as unknown as LayersProfile & { tap: string };
    expect(measured.tap).toBe('conv2_2');
    const layers = new Map(measured.step.layers.map((layer) => [layer.layer, layer]));
    expect([...layers.keys()]).toEqual(expect.arrayContaining([...convolutions, 'conv5_3', 'linear']));
    // The penalty's own matrix product.
    expect([...layers.keys()].filter((layer) => layer.startsWith('squared-cosine/'))).toHaveLength(1);
    // 2 clips of 32 x 32, 3 channels after 3, a filter of 3 x 3.
    expect(layers.get('conv1_2')?.gigaflops).toBeCloseTo((2 * 2 * 32 * 32 * 3 * 3 * 9) / 1e9, 12);
    expect(layers.get('conv1_1')?.inputGradient).toBeUndefined();
    expect(layers.get('conv1_2')?.inputGradient?.milliseconds).toBeGreaterThan(0);
    expect(measured.frozen?.layers.map(({ layer }) => layer)).toEqual(expect.arrayContaining(convolutions));
    expect(measured.matrixProduct).toBeGreaterThan(1);
  });

  it('leaves out the frozen network where a step does not run it', async () => {
    expect(await measure('layers', '--cached')).not.toHaveProperty('frozen');
    const plain = (await measure('layers', '--plain')) as unknown as LayersProfile;
    expect(plain).not.toHaveProperty('frozen');
    expect(plain.step.layers.map(({ layer }) => layer)).not.toContain('squared-cosine/FusedMatMul');
  });

  it('prints tables for people', async () => {
    const { out, err, code } = await run(tmpdir(), 'bench', 'layers', ...tiny, '--steps', '1');
    expect(code, err).toBe(0);
    expect(out).toMatch(/^layer +GFLOP +forward ms +GFLOP\/s +d input ms +GFLOP\/s +d filter ms +GFLOP\/s$/m);
    expect(out).toMatch(/^conv1_2( +[\d.]+){7}$/m);
    expect(out).toMatch(/^FusedMatMul +\d+ +[\d.]+ +[\d.]+% +\d+$/m);
    expect(out).toMatch(/^A matrix product of 2048 runs at \d+ GFLOP\/s here\.$/m);
  });
});
