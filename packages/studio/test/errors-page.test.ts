import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { spectrogramColours, spectrogramContrast, spectrogramLevel } from 'antitransfer/charts';
import { ComparisonClips } from 'antitransfer/runs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClipFeaturesView } from '../src/views/clip-features.js';
import { chromiumPath, Visit } from './chromium.js';
import { errorsComparison, type PredictionRow, parsePredictions } from './errors-comparison.js';
import { watchSound } from './errors-sound.js';

const ERRORS = '#/runs/runs%2Fsmall/errors';
const GROUPS = '#/runs/runs%2Fsmall/groups';
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

describe.skipIf(chromiumPath === undefined)('the pages of errors and groups', () => {
  let folder = '';
  let visit: Visit;
  let page: Page;
  let complaints: string[];
  let predictions: readonly PredictionRow[];

  beforeAll(async () => {
    folder = await errorsComparison();
    predictions = parsePredictions(await readFile(join(folder, 'runs/small/predictions.csv'), 'utf8'));
    visit = await Visit.begin(join(folder, 'runs'));
    ({ page, complaints } = await visit.open(ERRORS, { viewport: { width: 1280, height: 900 } }));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('counts what predictions.csv holds, and less what the reference said', async () => {
    await go(page, `${ERRORS}?method=correlation`);
    await page.waitForSelector('.clip-list');
    const [counts, difference] = await matrices(page);
    expect(predictions.length).toBeGreaterThan(300);
    expect(counts).toEqual(confusion(predictions.filter(({ method }) => method === 'correlation')));
    const reference = confusion(predictions.filter(({ method }) => method === 'no-transfer'));
    expect(difference).toEqual(
      counts?.map((row, truth) => row.map((count, said) => count - (reference[truth]?.[said] ?? 0))),
    );
    await page.locator('.count').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.count:focus').getAttribute('data-cell')).toBe('1,1');
    const totals = await page.locator('.confusion .total').allTextContents();
    expect(totals.map(Number)).toEqual(counts?.map((row) => row.reduce((sum, count) => sum + count, 0)));
  });

  it.each(['', '&is.speaker=kal', '&wrong=once', '&is.speaker=slt&wrong=always'])(
    'opens exactly the count of a cell, filtered by "%s"',
    async (filter) => {
      await go(page, `${ERRORS}?method=correlation${filter}`);
      await page.waitForFunction(`location.hash.endsWith(${JSON.stringify(filter)})`);
      const kept = filtered(predictions, filter);
      const expected = confusion(kept.filter(({ method }) => method === 'correlation'));
      await expect.poll(async () => (await matrices(page))[0]).toEqual(expected);
      const errors = expected.flatMap((row, truth) =>
        row.flatMap((count, said) => (truth === said ? [] : [{ truth, said, count }])),
      );
      const cell = errors.reduce((a, b) => (b.count > a.count ? b : a));
      expect(cell.count).toBeGreaterThan(0);
      await page.click(`.count[data-cell="${cell.truth},${cell.said}"] >> nth=0`);
      const own = kept.filter(
        ({ method, truth, predicted }) =>
          method === 'correlation' && truth === DIGITS[cell.truth] && predicted === DIGITS[cell.said],
      );
      const clips = new Set(own.map(({ clip }) => clip));
      await page.getByText(`${clips.size} of`).first().waitFor();
      await expect
        .poll(() => page.locator('#clips + p').textContent())
        .toContain(`, ${cell.count} answer${cell.count === 1 ? '' : 's'} of`);
      const shown = (await tableRows(page)).map(([clip = '']) => clip);
      expect(new Set(shown)).toEqual(clips);
      expect(shown).toHaveLength(clips.size);
      expect(new URL(page.url()).hash).toContain(`truth=${DIGITS[cell.truth]}`);
    },
  );

  it('says of each clip what every method said, how often it is wrong, and how sure it was', async () => {
    await go(page, `${ERRORS}?text=_kal_&sort=clip`);
    const clips = [...new Set(predictions.map(({ clip }) => clip))].filter((clip) => clip.includes('_kal_'));
    await page.getByText(`${clips.length} of`).first().waitFor();
    const rows = await tableRows(page);
    expect(rows.map(([clip]) => clip).sort()).toEqual(clips.sort());
    for (const [clip = '', truth, speaker, ...rest] of rows) {
      const said = predictions.filter((row) => row.clip === clip);
      expect([truth, speaker]).toEqual([said[0]?.truth, 'kal']);
      const cells = rest.slice(-3);
      for (const [index, method] of ['no-transfer', 'correlation', 'shuffled-control'].entries()) {
        const own = said.filter((row) => row.method === method);
        const wrong = own.filter((row) => row.predicted !== row.truth).length;
        const mean = own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length;
        const words = wrong === 0 ? `right in ${own.length}` : `wrong in ${wrong}`;
        expect(cells[index]).toContain(`${words} of ${own.length} · ${mean.toFixed(2)}`);
        for (const { predicted } of own) expect(cells[index]).toContain(predicted);
      }
    }
  });

  it('sorts by errors, and keeps the order in the address', async () => {
    await go(page, ERRORS);
    await page.getByRole('button', { name: 'wrong' }).first().click();
    await expect.poll(() => page.url()).toContain('sort=-wrong.no-transfer');
    const first = await page.locator('.clip th a').first().textContent();
    const wrongs = (clip: string) =>
      predictions.filter(
        (row) => row.clip === clip && row.method === 'no-transfer' && row.truth !== row.predicted,
      );
    const most = Math.max(...predictions.map(({ clip }) => wrongs(clip).length));
    expect(wrongs(first ?? '')).toHaveLength(most);
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
    const heard = await watchSound(page, 1, 1.2);
    expect(heard.positions.length).toBeGreaterThan(8);
    const [from = 0, to = 0] = (/loop=([\d.]+)-([\d.]+)/.exec(page.url()) ?? []).slice(1).map(Number);
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
      const { differences } = await watchSound(page, rate, rate === 1 ? 3 : 5);
      await page.keyboard.press('Space');
      // Of some moments at least it can be told by the sound where they are in the clip.
      expect(differences.length).toBeGreaterThan(3);
      // A busy machine draws a frame of the screen late now and then; nothing else may be late.
      const near = differences.filter((seconds) => Math.abs(seconds) < 0.05);
      expect(near.length).toBeGreaterThanOrEqual(0.8 * differences.length);
    },
    120_000,
  );

  it('has a group’s accuracy as the report has it, and opens its clips', async () => {
    await go(page, GROUPS);
    await page.waitForSelector('.groups');
    const report = await readFile(join(folder, 'runs/small/report.html'), 'utf8');
    const numbers = await page
      .locator('.groups tbody td a, .groups tfoot td')
      .evaluateAll((all) => all.map((cell) => cell.textContent ?? ''));
    const section = report.slice(report.indexOf('id="groups"'));
    const plain = section.replaceAll(/<[^>]*>/g, '').replaceAll(/\s/g, '');
    expect(numbers.length).toBeGreaterThan(12);
    for (const number of numbers.slice(0, 12)) expect(plain).toContain(number.replaceAll(/\s/g, ''));
    await page.locator('.groups tbody th a').first().click();
    await expect.poll(() => page.url()).toContain('is.speaker=awb');
    await expect.poll(() => page.locator('.clip').count()).toBeGreaterThan(0);
    const speakers = await page.locator('.clip td:nth-child(3)').allTextContents();
    expect(new Set(speakers)).toEqual(new Set(['awb']));
  });

  it('groups by every column, the classes themselves too', async () => {
    await go(page, `${GROUPS}?by=digit&method=correlation`);
    await expect.poll(() => page.locator('.groups tbody th').allTextContents()).toEqual(DIGITS);
    const own = predictions.filter(({ method, truth }) => method === 'correlation' && truth === '7');
    const seeds = [...new Set(own.map(({ seed }) => seed))].map((seed) => {
      const of = own.filter((row) => row.seed === seed);
      return of.filter(({ predicted }) => predicted === '7').length / of.length;
    });
    const mean = (100 * seeds.reduce((sum, share) => sum + share, 0)) / seeds.length;
    const row = await page.locator('.groups tbody tr', { hasText: /^7/ }).locator('td').allTextContents();
    expect(row[2]).toMatch(new RegExp(`^${mean.toFixed(1).replace('.', '[.]')}`));
  });

  it('complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});

/** The texts of all rows, those out of sight too: only a part of them is in the page at once. */
async function tableRows(page: Page): Promise<string[][]> {
  const found = new Map<string, string[]>();
  for (let step = 0; step < 200; step++) {
    const texts = await page
      .locator('.clip')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
    for (const row of texts) found.set(row[0] ?? '', row);
    const isAtEnd = await page.locator('.clip-list').evaluate((box) => {
      const before = box.scrollTop;
      box.scrollTop += 300;
      return box.scrollTop === before;
    });
    if (isAtEnd) break;
    // The page makes the rows that have come into sight.
    await page.waitForTimeout(50);
  }
  return [...found.values()];
}

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

/** Goes to another place of the studio. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(path)}`);
}

/** The numbers of each matrix in the page. */
async function matrices(page: Page): Promise<number[][][]> {
  const tables = await page
    .locator('.confusion')
    .evaluateAll((all) =>
      all.map((table) =>
        [...table.querySelectorAll('tbody tr')].map((row) =>
          [...row.querySelectorAll('.count')].map((cell) => cell.textContent ?? ''),
        ),
      ),
    );
  return tables.map((rows) => rows.map((row) => row.map((text) => Number(text.replace('−', '-')))));
}

function confusion(rows: readonly PredictionRow[]): number[][] {
  return DIGITS.map((truth) =>
    DIGITS.map((said) => rows.filter((row) => row.truth === truth && row.predicted === said).length),
  );
}

/** What a filter of the address leaves. */
function filtered(rows: readonly PredictionRow[], filter: string): readonly PredictionRow[] {
  const query = new URLSearchParams(filter);
  const speaker = query.get('is.speaker');
  const wrong = query.get('wrong');
  return rows.filter((row) => {
    if (speaker !== null && row.speaker !== speaker) return false;
    const own = rows.filter(({ clip, method }) => clip === row.clip && method === 'correlation');
    const errors = own.filter(({ truth, predicted }) => truth !== predicted).length;
    if (wrong === 'once') return errors > 0;
    return wrong === 'always' ? own.length > 0 && errors === own.length : true;
  });
}
