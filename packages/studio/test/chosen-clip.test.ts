import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { spectrogramColours, spectrogramContrast, spectrogramLevel } from 'antitransfer/charts';
import { ComparisonClips } from 'antitransfer/runs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClipFeaturesView } from '../src/views/clip-features.js';
import { chromiumPath, go, Visit } from './chromium.js';
import { errorsComparison, type PredictionRow, predictionsOf } from './errors-comparison.js';
import { watchSound } from './errors-sound.js';

const ERRORS = '#/runs/runs%2Fsmall/errors';

describe.skipIf(chromiumPath === undefined)('the clip that is chosen among the errors', () => {
  let folder = '';
  let visit: Visit;
  let page: Page;
  let complaints: string[];
  let predictions: readonly PredictionRow[];

  beforeAll(async () => {
    folder = await errorsComparison();
    predictions = await predictionsOf(folder);
    visit = await Visit.begin(join(folder, 'runs'));
    ({ page, complaints } = await visit.open(ERRORS, { viewport: { width: 1280, height: 900 } }));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes through clips by J and K, plays by the space bar, and does neither in a field', async () => {
    await go(page, `${ERRORS}?sort=clip`);
    const title = page.locator('#chosen-clip');
    const ids = [...new Set(predictions.map(({ clip }) => clip))].sort();
    await expect.poll(() => title.textContent()).toBe(ids[0]);
    await page.locator('#clips').click();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => title.textContent()).toBe(ids[2]);
    await page.keyboard.press('k');
    await expect.poll(() => title.textContent()).toBe(ids[1]);
    expect(page.url()).toContain(`clip=${ids[1]}`);
    await page.getByRole('button', { name: /Play/ }).and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: /Pause/ }).waitFor();
    await page.getByRole('button', { name: /Play/ }).waitFor();
    await page.locator('input[type="search"]').fill('_');
    await page.locator('input[type="search"]').press('j');
    await expect.poll(() => page.url()).toContain('text=_j');
    expect(page.url()).toContain(`clip=${ids[1]}`);
  });

  it('plays on with the clip that it comes to, though another is passed over', async () => {
    await go(page, `${ERRORS}?sort=clip&speed=0.25`);
    const ids = [...new Set(predictions.map(({ clip }) => clip))].sort();
    await expect.poll(() => page.locator('#chosen-clip').textContent()).toBe(ids[0]);
    await page.getByRole('button', { name: /Play/ }).and(page.locator(':enabled')).waitFor();
    await page.route('**/clips/sound?*', async (route) => {
      await page.waitForTimeout(500);
      await route.continue().catch(() => undefined);
    });
    await page.locator('#clips').click();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: /Pause/ }).waitFor();
    await page.keyboard.press('j');
    await expect.poll(() => page.locator('#chosen-clip').textContent()).toBe(ids[1]);
    await page.keyboard.press('j');
    await expect.poll(() => page.locator('#chosen-clip').textContent()).toBe(ids[2]);
    await page.getByRole('button', { name: /Pause/ }).waitFor();
    await page.unroute('**/clips/sound?*');
  });

  it('never plays a clip that was decoded late under the picture of another', async () => {
    const { page: own } = await visit.open(`${ERRORS}?sort=clip`);
    const isReady = own.getByRole('button', { name: /Play/ }).and(own.locator(':enabled'));
    await isReady.waitFor();
    // The first that is decoded from now on waits until it is told to go on.
    await own.evaluate(`{
      const { decodeAudioData } = BaseAudioContext.prototype;
      const { start } = AudioBufferSourceNode.prototype;
      const numbers = new Map();
      Object.assign(window, { asked: 0, started: [] });
      BaseAudioContext.prototype.decodeAudioData = async function (bytes) {
        const number = window.asked++;
        const sound = await decodeAudioData.call(this, bytes);
        numbers.set(sound, number);
        if (number === 0) await new Promise((done) => { window.goOn = done; });
        return sound;
      };
      AudioBufferSourceNode.prototype.start = function (...when) {
        window.started.push(numbers.get(this.buffer));
        return start.apply(this, when);
      };
    }`);
    await own.locator('#clips').click();
    await own.keyboard.press('j');
    await expect.poll(() => own.evaluate('typeof window.goOn')).toBe('function');
    await own.keyboard.press('j');
    await isReady.waitFor();
    await own.evaluate('window.goOn()');
    await own.waitForTimeout(100);
    await own.keyboard.press('Space');
    await expect.poll(() => own.evaluate('window.started')).toEqual([1]);
    await own.close();
  });

  it('shows what is heard though the device tells of a moment that is yet to come, as WebKitGTK does', async () => {
    const { page: own } = await visit.open();
    await own.addInitScript(`AudioContext.prototype.getOutputTimestamp = function () {
      return { contextTime: this.currentTime, performanceTime: performance.now() + 1000 * this.currentTime };
    }`);
    await own.reload();
    await go(own, `${ERRORS}?sort=clip&speed=0.25`);
    await own.getByRole('button', { name: /Play/ }).and(own.locator(':enabled')).click();
    const end = Number(await own.locator('.picture').getAttribute('aria-valuemax'));
    const at = async () => Number(await own.locator('.picture').getAttribute('aria-valuenow'));
    await expect.poll(at, { interval: 20 }).toBeGreaterThan(0.05);
    expect(await at()).toBeLessThan(end);
    await own.close();
  });

  it('says that the browser does not start its sound, as Firefox does not without an output', async () => {
    const { page: own } = await visit.open();
    await own.addInitScript('AudioContext.prototype.resume = () => new Promise(() => {})');
    await own.reload();
    await go(own, `${ERRORS}?sort=clip`);
    await own.getByRole('button', { name: /Play/ }).and(own.locator(':enabled')).click();
    await own.getByRole('button', { name: /Pause/ }).waitFor();
    await own.getByText('The browser does not start its sound.').waitFor();
    await own.getByRole('button', { name: /Play/ }).waitFor();
    await own.close();
  });

  it('reads out Hz, seconds and value under the pointer and at the cursor, and marks the padding', async () => {
    await go(page, `${ERRORS}?sort=clip`);
    const picture = page.locator('.picture');
    await picture.waitFor();
    const box = await picture.boundingBox();
    if (box === null) throw new Error('There is no picture.');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 2);
    await expect
      .poll(() => page.locator('.readout').textContent())
      .toMatch(/^0\.\d{3} s · \d{4} Hz · value −?\d+\.\d{2}$/);
    await page.mouse.move(0, 0);
    await picture.focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.readout').textContent()).toMatch(/^0\.096 s/);
    expect(Number(await picture.getAttribute('aria-valuenow'))).toBeCloseTo(0.096, 3);
    await expect.poll(() => page.locator('.padding').allTextContents()).toEqual(['padding']);
  });

  it('draws what the network was given, value for value', async () => {
    const clips = await ComparisonClips.open(join(folder, 'runs/small'), { cache: join(folder, 'cache') });
    const id = predictions.find(({ seed }) => seed === '2')?.clip ?? '';
    const given = await clips.features(id, { seed: 2 });
    await clips.close();
    const query = new URLSearchParams({ clip: id, of: 'seed 2' });
    await go(page, `${ERRORS}?${query}`);
    await expect.poll(() => page.locator('#chosen-clip').textContent()).toBe(id);
    await expect.poll(() => askedFor(page, '/clips/features')).toContain('seed=2');
    const answer: ClipFeaturesView = await page.evaluate(
      async (address) => (await fetch(address)).json() as Promise<ClipFeaturesView>,
      await askedFor(page, '/clips/features'),
    );
    const bytes = Buffer.from(answer.values, 'base64');
    expect(bytes.length).toBe(4 * given.values.length);
    expect([answer.frames, answer.bins, answer.place]).toEqual([given.frames, given.bins, given.place]);
    for (const [i, value] of given.values.entries())
      expect(Math.abs(bytes.readFloatLE(4 * i) - value)).toBeLessThan(1e-6);
    const colours = spectrogramColours();
    const contrast = spectrogramContrast(given.values);
    const expected = Array.from({ length: given.values.length }, (_, pixel) => {
      const [bin, frame] = [given.bins - 1 - Math.floor(pixel / given.frames), pixel % given.frames];
      return colours[spectrogramLevel(given.values[frame * given.bins + bin] ?? 0, contrast)] ?? [];
    });
    await expect.poll(() => pixels(page)).toEqual(expected.flat());
  });

  it('loops what is dragged over, by the address', async () => {
    await go(page, `${ERRORS}?sort=clip`);
    const box = await page.locator('.picture').boundingBox();
    if (box === null) throw new Error('There is no picture.');
    await page.mouse.move(box.x + 0.2 * box.width, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.4 * box.width, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.url()).toMatch(/loop=0\.1\d+-0\.2\d+/);
    const [from = 0, to = 0] = (/loop=([\d.]+)-([\d.]+)/.exec(page.url()) ?? []).slice(1).map(Number);
    const heard = await watchSound(page, { rate: 1, loop: [from, to], seconds: 1.2 });
    expect(heard.positions.length).toBeGreaterThan(8);
    // It has come round, and never left.
    expect(Math.min(...heard.positions.slice(1))).toBeGreaterThan(from - 0.05);
    expect(Math.max(...heard.positions)).toBeLessThan(to + 0.05);
    expect(heard.positions.some((at, i) => at < (heard.positions[i - 1] ?? 0))).toBe(true);
    await page.keyboard.press('Space');
  });

  it.each([1, 0.25])(
    'shows what is heard to 50 ms at %d x',
    async (rate) => {
      // Round and round, so that there are moments enough.
      await go(page, `${ERRORS}?sort=clip&loop=0-0.6&speed=${rate === 1 ? '' : rate}`);
      await page.getByRole('button', { name: /Play/ }).and(page.locator(':enabled')).waitFor();
      const watch = { rate, loop: [0, 0.6], seconds: rate === 1 ? 3 : 5 } as const;
      const { differences, positions, frames } = await watchSound(page, watch);
      await page.keyboard.press('Space');
      // Of some moments at least it can be told by the sound where they are in the clip.
      expect(differences.length).toBeGreaterThan(3);
      // It is moved in every frame of the screen, of which there are 60 a second, and stands still until the next.
      expect(positions.length).toBeGreaterThan(0.9 * frames);
      for (const seconds of differences) expect(Math.abs(seconds)).toBeLessThan(0.05 - 1 / 60);
    },
    120_000,
  );

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});

/** The last address that the page asked for and that has a word in it. */
function askedFor(page: Page, word: string): Promise<string> {
  return page.evaluate(
    (part) =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .findLast((name) => name.includes(part)) ?? '',
    word,
  );
}

/** Red, green and blue of the picture, row by row. */
async function pixels(page: Page): Promise<number[]> {
  const data = await page.locator('.values').evaluate((canvas) => {
    const { width, height } = canvas;
    return [...canvas.getContext('2d').getImageData(0, 0, width, height).data];
  });
  return data.map(Number).filter((_, i) => i % 4 !== 3);
}
