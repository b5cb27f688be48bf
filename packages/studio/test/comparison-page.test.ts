import { cp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { judge, methodColumns, readResults, summarise } from 'antitransfer/answers';
import { readOutline, Store } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, Visit } from './chromium.js';
import { crowding } from './crowding.js';
import { smallComparison } from './small-comparison.js';

describe.skipIf(chromiumPath === undefined)('a finished comparison', () => {
  let folder = '';
  let visit: Visit;
  beforeAll(async () => {
    folder = await smallComparison();
    visit = await Visit.begin(join(folder, 'runs'));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('is there within a second, with the verdict of the report word for word', async () => {
    const { page, complaints } = await visit.open('', { viewport: { width: 1280, height: 900 } });
    await page.locator('.runs a').waitFor();
    const limit = 1000 * (await crowding());
    const begun = performance.now();
    await page.goto(`${visit.origin}/#/runs/runs%2Fsmall`);
    await page.locator('h1.verdict').waitFor();
    const milliseconds = performance.now() - begun;
    const report = await readFile(join(folder, 'runs/small/report.html'), 'utf8');
    const [heading] = /<h1.*?<\/h1>/s.exec(report) ?? [];
    const written = await page.evaluate(
      `new DOMParser().parseFromString(${JSON.stringify(heading)}, 'text/html').querySelector('h1').textContent`,
    );
    expect(await page.locator('h1.verdict').textContent()).toBe(written);
    expect(milliseconds).toBeLessThan(limit);
    expect(complaints).toEqual([]);
  });

  it('is there beside seven tabs that nobody sees: they leave their connections to it', async () => {
    const context = await visit.browser.newContext();
    const tab = async (visibility: string) => {
      const page = await context.newPage();
      await page.addInitScript(
        `Object.defineProperty(document, 'visibilityState', { get: () => window.visibility ?? '${visibility}' });`,
      );
      await page.goto(visit.studio.url);
      await page.locator('.runs a').first().waitFor({ timeout: 20_000 });
      return page;
    };
    for (let at = 0; at < 7; at++) {
      const page = await tab('visible');
      await page.evaluate(
        "window.visibility = 'hidden'; document.dispatchEvent(new Event('visibilitychange'))",
      );
    }
    await tab('visible');
    await context.close();
  });

  it('lists it with the same verdict', async () => {
    const { page } = await visit.open();
    const results = await readResults(join(folder, 'runs/small'));
    const { sentence } = judge(results, summarise(results));
    await page.locator('.verdict-line').waitFor();
    expect(await page.locator('.verdict-line').textContent()).toBe(sentence);
    expect(await page.locator('.runs .facts').textContent()).toMatch(/done.*10 of 10 jobs/s);
  });

  it('shows the numbers of the report: reasons and every cell of its tables', async () => {
    const { page } = await visit.open('#/runs/runs%2Fsmall');
    const results = await readResults(join(folder, 'runs/small'));
    const summaries = summarise(results);
    await page.locator('table.results').first().waitFor();
    expect(await page.locator('.reasons li').allTextContents()).toEqual([
      ...judge(results, summaries).reasons,
    ]);
    const cells = summaries.flatMap((summary) =>
      methodColumns(results, summaries)
        .filter(({ about }) => about === undefined)
        .map(({ format }) => format(summary).replace(/\s+/g, ' ')),
    );
    const shown = await page.locator('table.results').first().locator('tbody td').allTextContents();
    expect(shown.map((text) => text.replace(/\s+/g, ' '))).toEqual(cells);
    const last = results.runs
      .filter(({ method }) => method === 'correlation')
      .map(({ epochs }) => epochs[1]!);
    const mean = last.reduce((sum, { validation }) => sum + 100 * validation.accuracy, 0) / last.length;
    const row = page.locator('.numbers tbody tr', { hasText: 'correlation' });
    expect(await row.locator('td').first().textContent()).toBe('2');
    expect(await row.locator('td').nth(1).textContent()).toMatch(new RegExp(`^${mean.toFixed(2)}`));
  });

  it('hides a method everywhere, and the address knows', async () => {
    const { page } = await visit.open('#/runs/runs%2Fsmall');
    await page.locator('table.results').first().waitFor();
    const label = (await page.locator('.toggles button').nth(1).textContent()) ?? '';
    const named = () => page.locator('main table:not(.jobs), main svg').filter({ hasText: label }).count();
    await expect.poll(named).toBeGreaterThan(3);
    await page.locator('.toggles button').nth(1).press('Enter');
    await expect.poll(named).toBe(0);
    expect(page.url()).toContain('hidden=correlation');
    await page.reload();
    await page.locator('table.results').first().waitFor();
    expect(await named()).toBe(0);
    await page.locator('.toggles .all').press('Enter');
    await expect.poll(named).toBeGreaterThan(3);
  });

  it('draws a thin line a seed beside each mean, of the measure that was chosen', async () => {
    const { page } = await visit.open('#/runs/runs%2Fsmall');
    const thin = page.locator('.learning svg [stroke-width="0.9"] path');
    await expect.poll(() => thin.count()).toBe(4);
    await page.locator('.learning select').selectOption('training cross-entropy');
    await expect
      .poll(() => page.locator('.learning figcaption').textContent())
      .toBe('Cross-entropy in training');
    expect(page.url()).toContain('measure=training+cross-entropy');
  });

  it('is looked at closely between two epochs, which the address keeps', async () => {
    const { page } = await visit.open('#/runs/runs%2Fsmall');
    await page.locator('.zoom input').first().waitFor();
    expect(await page.locator('.zoom button').isDisabled()).toBe(true);
    await page.goto(`${visit.origin}/#/runs/runs%2Fsmall?from=2&to=1`);
    // What cannot be shown shows all.
    await expect.poll(() => page.locator('.zoom input').first().inputValue()).toBe('1');
  });
});

describe.skipIf(chromiumPath === undefined)('the list', () => {
  let folder = '';
  let visit: Visit;
  beforeAll(async () => {
    folder = await smallComparison();
    for (const name of ['one', 'two'])
      await cp(join(folder, 'runs/small'), join(folder, 'runs/cells', name), { recursive: true });
    visit = await Visit.begin(join(folder, 'runs'));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows as done what was, though its store is not there any more', async () => {
    const { page } = await visit.open('#/?find=cells+one');
    await page.locator('.runs a').first().waitFor();
    expect(
      await page.locator('.runs li', { hasText: 'runs/cells/one' }).locator('.facts').textContent(),
    ).toMatch(/^done.*10 of 10 jobs/);
  });

  it('finds by words of names and verdicts, and the address keeps them', async () => {
    const { page } = await visit.open('#/?find=cells+two');
    await expect.poll(() => page.locator('.runs a').allTextContents()).toEqual(['runs/cells/two']);
    await page.getByRole('searchbox').fill('');
    await expect.poll(() => page.locator('.runs a').count()).toBe(3);
    expect(page.url()).not.toContain('find');
    await page.getByRole('searchbox').fill('no such thing');
    await expect.poll(() => page.getByText('0 of 3 comparisons').count()).toBe(1);
  });

  it('follows the newest: goes to it as it begins, and stays when told', async () => {
    const { page } = await visit.open();
    await page.getByRole('button', { name: 'Follow the newest' }).click();
    await page.getByText('Nothing is running.').waitFor();
    // Somebody is at a job that both cells share; the second was asked for later.
    const [cell] = (await readOutline(join(folder, 'runs/cells/two')))!.methods;
    const prepared = join(folder, 'prepared');
    await cp(join(folder, 'runs/store'), prepared, { recursive: true });
    await rm(join(prepared, 'jobs', cell!.assessment, 'result.json'));
    await rename(prepared, join(folder, 'runs/cells/store'));
    const claim = await new Store(join(folder, 'runs/cells/store')).job(cell!.assessment).take();
    try {
      await page.waitForURL(/#\/runs\/runs%2Fcells%2Ftwo\?follow=newest/, { timeout: 30_000 });
      await page.getByText('Following the newest.').waitFor();
      await page.getByRole('button', { name: 'Stay here' }).click();
      await expect.poll(() => page.url()).not.toContain('follow');
      expect(page.url()).toContain('cells%2Ftwo');
    } finally {
      if ('release' in claim) await claim.release();
    }
  });

  it('says in what two comparisons differ beside a pinned one', async () => {
    const { page } = await visit.open('#/runs/runs%2Fsmall');
    await page.locator('section[aria-labelledby=pinned] select').selectOption('runs/cells/two');
    // It lies deeper, so that its recordings are looked for elsewhere.
    await page.locator('.differences tbody tr').first().waitFor();
    expect(await page.locator('.differences tbody th').allTextContents()).toEqual(['data.path']);
    expect(await page.locator('.differences tbody td').allTextContents()).toEqual([
      JSON.stringify(join(folder, 'spoken')),
      JSON.stringify(join(folder, 'runs/spoken')),
    ]);
    expect(page.url()).toContain('pinned=runs%2Fcells%2Ftwo');
  });
});
