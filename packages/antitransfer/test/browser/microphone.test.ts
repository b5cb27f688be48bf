import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClip } from '../../src/data/audio/read-clip.js';
import { resample } from '../../src/data/audio/resample.js';
import { encodeWav } from '../../src/data/audio/wav.js';
import { loadCorpus } from '../../src/data/corpora/registry.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { predictClips } from '../../src/inference/predict-clips.js';
import { chromiumPath } from '../answers/page/chromium.js';
import { run, runJson } from '../cli/run.js';
import { openWithMicrophone, serveExample } from './microphone-page.js';

const RATE = 8000;

/** Seconds of silence before the first word, during which a browser starts its audio, and between words. */
const BEFORE = 2.5;
const BETWEEN = 0.9;

/** Enough for a model that is sure of what it says. */
const training = `name: words
data: { corpus: demo, path: spoken }
target: digit
orthogonal: { column: speaker }
split: { kind: stratified }
features: { sampleRate: 8000, seconds: 0.8, bins: 128, pool: 4, hop: 256 }
training: { epochs: 12, batch: 16 }
execution: { threads: 1 }
methods: [no-transfer]
seeds: 1
`;

interface Answer {
  readonly predictions: readonly {
    readonly windows: readonly {
      readonly start: number;
      readonly end: number;
      readonly label: string | null;
    }[];
  }[];
}

let folder: string;
let served: Awaited<ReturnType<typeof serveExample>>;
/** What `predict` says of each of the eight words by itself, and where they begin. */
let labels: readonly (string | undefined)[];
let begins: readonly number[];

/** Eight words of different takes that the model names, each after silence. */
async function chooseWords(): Promise<{ sounds: Float32Array[]; labels: (string | undefined)[] }> {
  const model = await DeployedModel.open(join(folder, 'models/digits.onnx'));
  const { clips } = await loadCorpus('demo', join(folder, 'spoken'));
  const { predictions } = await predictClips(model, clips);
  await model.close();
  const level = model.card.level?.probability ?? expect.fail('the card has no level');
  const named = predictions.filter(
    ({ clip, label, probabilities }) =>
      clip.labels.digit === label && Math.max(...probabilities) >= level + (1 - level) / 4,
  );
  expect(named.length).toBeGreaterThan(clips.length / 2);
  const chosen = Array.from({ length: 8 }, (_, i) => named[Math.floor((i * named.length) / 8)]);
  const sounds = await Promise.all(chosen.map((of) => readClip(of?.clip ?? expect.fail(), RATE)));
  return { sounds, labels: chosen.map((of) => of?.label) };
}

beforeAll(async () => {
  if (chromiumPath === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-microphone-'));
  await mkdir(join(folder, 'models'));
  await writeFile(join(folder, 'words.yaml'), training);
  for (const args of [
    ['data', 'demo', 'spoken', '--takes', '6'],
    ['train', 'words.yaml', '--output', 'run'],
    ['export', 'run', '--output', 'models/digits.onnx'],
  ]) {
    const outcome = await run(folder, ...args);
    expect(outcome, outcome.err).toMatchObject({ code: 0 });
  }
  const words = await chooseWords();
  labels = words.labels;
  const starts: number[] = [];
  const samples: number[] = Array<number>(BEFORE * RATE).fill(0);
  for (const sound of words.sounds) {
    starts.push(samples.length / RATE);
    samples.push(...sound, ...Array<number>(BETWEEN * RATE).fill(0));
  }
  begins = starts;
  const recorded = Float32Array.from(samples);
  for (const rate of [8000, 16_000, 48_000]) {
    await writeFile(join(folder, `${rate}.wav`), encodeWav(await resample(recorded, RATE, rate), rate));
  }
  await writeFile(join(folder, 'silence.wav'), encodeWav(new Float32Array(20 * RATE), RATE));
  served = await serveExample(join(folder, 'models'));
}, 600_000);
afterAll(async () => {
  await served?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** Rows of the page, the first word first. */
const rowsOf = async (page: Page) => {
  const cells = await page
    .locator('#heard tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  return cells.reverse().map(([start = '', end = '', label = '']) => ({
    start: Number.parseFloat(start),
    end: Number.parseFloat(end),
    label,
  }));
};

async function withPage(recording: string, use: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints, close } = await openWithMicrophone(
    served.url,
    chromiumPath ?? expect.fail(),
    join(folder, recording),
  );
  try {
    await page.locator('#listen:enabled').waitFor();
    await use(page);
    expect(await page.textContent('#message')).toBe('');
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
}

describe.skipIf(chromiumPath === undefined)('the example of the microphone', () => {
  it('is built without a word of complaint: nothing of Node is in it', () => {
    expect(served.warnings).toEqual([]);
  });

  it('shows the card that stands in the file', async () => {
    await withPage('silence.wav', async (page) => {
      const text = await page.textContent('#card');
      expect(text).toContain('Tells digit: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9. It hears 0.8 s at 8000 Hz.');
      expect(text).toMatch(/It says nothing below a probability of 0\.\d+\./);
    });
  }, 240_000);

  it.each([8000, 16_000, 48_000])(
    'names the eight words of a microphone of %i Hz as predict does, and nothing between them',
    async (rate) => {
      const flags = ['models/digits.onnx', `${rate}.wav`, '--windows'];
      const { predictions } = await runJson<Answer>(folder, 'predict', ...flags);
      const windows = predictions[0]?.windows ?? [];
      expect(windows.map(({ label }) => label)).toEqual(labels);
      for (const [i, { start }] of windows.entries())
        expect(Math.abs(start - (begins[i] ?? 0))).toBeLessThan(0.1);
      await withPage(`${rate}.wav`, async (page) => {
        await page.click('#listen');
        await page.locator('#heard tr').nth(7).waitFor();
        // What is said of the silence behind the last word would be here by then.
        await page.waitForTimeout(3000);
        const rows = await rowsOf(page);
        expect(rows.map(({ label }) => label)).toEqual(labels);
        // The microphone may have begun a little before it was listened to; from then on it is in step.
        const late = (rows[0]?.start ?? 0) - (windows[0]?.start ?? 0);
        for (const [i, { start }] of rows.entries()) {
          expect(Math.abs(start - late - (windows[i]?.start ?? 0))).toBeLessThan(0.15);
        }
        await page.click('#listen');
        await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
      });
    },
    240_000,
  );

  it('says nothing of silence, does not freeze, and stops when told to', async () => {
    await withPage('silence.wav', async (page) => {
      await page.click('#listen');
      await page.waitForTimeout(6000);
      expect(await rowsOf(page)).toEqual([]);
      expect(await page.textContent('#last')).toBe('Nothing heard yet.');
      await page.click('#listen');
      await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
    });
  }, 240_000);

  it('says that the microphone was refused, and how it is allowed', async () => {
    const { page, close } = await openWithMicrophone(
      served.url,
      chromiumPath ?? expect.fail(),
      join(folder, 'silence.wav'),
      { allowed: false },
    );
    try {
      await page.locator('#listen:enabled').click();
      await page.getByText('The microphone may not be used: it was refused. Allow it').waitFor();
      await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
    } finally {
      await close();
    }
  }, 240_000);

  it('hears a recording as it hears the microphone', async () => {
    await withPage('silence.wav', async (page) => {
      await page.setInputFiles('#recording', join(folder, '48000.wav'));
      await page.locator('#heard tr').nth(7).waitFor();
      const rows = await rowsOf(page);
      expect(rows.map(({ label }) => label)).toEqual(labels);
      for (const [i, { start }] of rows.entries())
        expect(Math.abs(start - (begins[i] ?? 0))).toBeLessThan(0.1);
      await page.setViewportSize({ width: 390, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        // axe is a script that the page's own policy rightly refuses: it is not added to the page.
        await page.evaluate(axe.source);
        const violations = await page.evaluate<string[]>(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))",
        );
        expect(violations).toEqual([]);
        const [inner, outer] = await page.evaluate<number[]>('[document.body.scrollWidth, innerWidth]');
        expect(inner).toBeLessThanOrEqual(outer ?? 0);
      }
    });
  }, 240_000);
});
