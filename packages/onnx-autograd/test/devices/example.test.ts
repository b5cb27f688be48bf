import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readOnnx } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileOnnx } from '../run-graph.js';
import { findChromium, type OpenPage, openPage, servePage } from './chromium.js';

const chromium = findChromium();
if (chromium === undefined) {
  console.warn('SKIPPED: the browser example was NOT TESTED, because no Chromium was found.');
}

describe.skipIf(chromium === undefined)('the browser example', () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let opened: OpenPage;

  beforeAll(async () => {
    served = await servePage(fileURLToPath(new URL('../../../../examples/browser', import.meta.url)));
    opened = await openPage(served.url, chromium!);
  }, 180_000);

  afterAll(async () => {
    await opened?.close();
    await served?.close();
  });

  const text = async (id: string) => (await opened.page.textContent(`#${id}`)) ?? '';
  const number = async (id: string) => Number.parseFloat(await text(id));

  it('learns: the loss falls, the accuracy rises, and it stops when told to', async () => {
    const { page } = opened;
    await page.click('#train');
    await page.waitForFunction(() => Number(document.getElementById('step')?.textContent) >= 1);
    const first = await number('loss');
    await page.waitForFunction(
      () => Number.parseFloat(document.getElementById('accuracy')?.textContent ?? '') >= 90,
    );
    await page.click('#train');
    await page.waitForFunction(() => document.getElementById('train')?.textContent === 'Train');
    expect(await number('loss')).toBeLessThan(first / 2);
    expect(await text('taken')).toBe('WebAssembly');
    expect(await text('message')).toBe('');
    const stopped = await text('step');
    await page.waitForTimeout(300);
    expect(await text('step')).toBe(stopped);
  }, 180_000);

  it('tells a held-out clip, and one from the microphone', async () => {
    const { page } = opened;
    for (const id of ['try-held-out', 'try-microphone']) {
      await page.evaluate(() => document.getElementById('bars')?.replaceChildren());
      await page.click(`#${id}`);
      await page.waitForSelector('#bars li');
      const percents = (await page.locator('#bars b').allTextContents()).map(Number.parseFloat);
      expect(percents).toHaveLength(5);
      expect(Math.abs(percents.reduce((a, b) => a + b) - 100)).toBeLessThan(4);
    }
  }, 120_000);

  it('hands out the trained network as a file that computes probabilities', async () => {
    const [download] = await Promise.all([
      opened.page.waitForEvent('download'),
      opened.page.click('#download'),
    ]);
    expect(download.suggestedFilename()).toBe('sounds.onnx');
    const bytes = await readFile(await download.path());
    const { graph, metadata } = readOnnx(bytes);
    expect(JSON.parse(metadata.labels ?? '')).toHaveLength(5);
    const run = await compileOnnx(bytes);
    const tone = Float32Array.from(
      { length: 16_000 },
      (_, i) => 0.4 * Math.sin((2 * Math.PI * 700 * i) / 16_000),
    );
    const results = await run({ samples: { type: 'float32', dims: [1, 16_000], data: tone } });
    const probabilities = Array.from(results[graph.outputs[0]?.name ?? '']?.data as Float32Array);
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(0);
  });

  it('learns a class of one’s own from the microphone', async () => {
    const { page } = opened;
    await page.fill('#class-name', 'beep');
    await page.click('#new-class button');
    for (let clip = 1; clip <= 4; clip++) {
      await page.locator('.class').last().locator('button').click();
      await page.waitForFunction(
        (count) => [...document.querySelectorAll('.class small')].at(-1)?.textContent === `${count} clips`,
        clip,
      );
    }
    await page.click('#train');
    await page.waitForFunction(() => Number(document.getElementById('step')?.textContent) >= 3);
    await page.click('#train');
    await page.waitForFunction(() => document.getElementById('train')?.textContent === 'Train');
    await page.click('#try-held-out');
    await page.waitForFunction(() => document.querySelectorAll('#bars li').length === 6);
  }, 180_000);

  it('has nothing to complain of in its console', () => {
    expect(opened.complaints).toEqual([]);
  });
});
