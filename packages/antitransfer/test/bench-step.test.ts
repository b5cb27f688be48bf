import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { run } from './cli-run.js';

const tiny = ['bench', 'step', '--model', 'vgg16', '--width', '0.05', '--input', '1x32x32', '--batch', '2'];

async function measure(...flags: string[]): Promise<Record<string, unknown>> {
  const { out, err, code } = await run(
    tmpdir(),
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
  it.each([[[]], [['--cached']], [['--plain']], [['--aggregation', 'none', '--similarity', 'cka']]])(
    'prints one line of JSON with %j',
    async (flags) => {
      const measured = await measure(...flags);
      const { msPerStep, msPerStepMin, peakRssMiB } = measured as Record<string, number>;
      expect(msPerStepMin).toBeGreaterThan(0);
      expect(msPerStep).toBeGreaterThanOrEqual(msPerStepMin as number);
      expect(peakRssMiB).toBeGreaterThan(20);
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
      });
    },
  );

  it('prints a table for people', async () => {
    const { out, code } = await run(tmpdir(), ...tiny, '--steps', '1');
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
