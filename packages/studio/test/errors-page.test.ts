import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, go, Visit } from './chromium.js';
import { errorsComparison, type PredictionRow, predictionsOf } from './errors-comparison.js';

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
    predictions = await predictionsOf(folder);
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

  it('says of a clip and of a label that there are none, and shows no other in their place', async () => {
    await go(page, `${ERRORS}?clip=nope.wav`);
    await page.getByText('No test clip is called “nope.wav”.').waitFor();
    expect(await page.locator('#chosen-clip').count()).toBe(0);
    await go(page, `${ERRORS}?truth=eleven`);
    await expect.poll(() => page.getByLabel('True digit').inputValue()).toBe('eleven');
    expect(await page.getByLabel('True digit').locator('option:checked').textContent()).toBe(
      'eleven (there is none)',
    );
  });

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
