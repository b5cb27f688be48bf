import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, start } from './antitransfer.js';
import { chromiumPath, newPage, Visit } from './chromium.js';
import { smallComparison } from './small-comparison.js';

describe('an export', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await smallComparison();
    await run(folder, 'studio', '--export', 'small.html', 'runs/small');
  }, 600_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused of many comparisons or none, with what to do', async () => {
    const refused = async (...args: string[]) =>
      (await start(folder, 'studio', '--export', 'x.html', ...args).ended).err;
    expect(await refused('spoken')).toContain('There is no comparison below spoken');
    expect(await refused('runs/small', '--port', '7000')).toContain('leave out --port');
  }, 120_000);

  it('tells nobody where this machine keeps things', async () => {
    const html = await readFile(join(folder, 'small.html'), 'utf8');
    expect(html).not.toContain(folder);
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  it.skipIf(chromiumPath === undefined)(
    'opens from a file with the same numbers, and asks nobody',
    async () => {
      const visit = await Visit.begin(join(folder, 'runs/small'));
      try {
        const live = await visit.open('#/runs/small');
        const shown = await newPage(visit.browser);
        await shown.page.goto(pathToFileURL(join(folder, 'small.html')).href);
        expect(await numbers(shown.page)).toEqual(await numbers(live.page));
        await shown.page.locator('.learning select').selectOption('cross-entropy');
        await live.page.locator('.learning select').selectOption('cross-entropy');
        for (const { page } of [shown, live])
          await expect
            .poll(() => page.locator('.learning figcaption').textContent())
            .toContain('Cross-entropy');
        expect(await numbers(shown.page)).toEqual(await numbers(live.page));
        expect(shown.complaints).toEqual([]);
        await shown.page.evaluate(`{
        const script = document.createElement('script');
        script.textContent = 'document.title = "taken over"';
        document.body.append(script);
      }`);
        expect(await shown.page.title()).not.toBe('taken over');
        expect(shown.complaints.join(' ')).toContain('Content Security Policy');
      } finally {
        await visit.end();
      }
    },
  );
});

/** All that a comparison's page says in numbers. */
async function numbers(page: Page): Promise<readonly string[]> {
  await page.locator('table.results').first().waitFor();
  await page.locator('table.numbers').waitFor();
  await page.locator('.chart').nth(4).waitFor();
  const parts = page.locator('h1, .reasons li, .facts dd, main table:not(.jobs), main svg text');
  const said = await parts.evaluateAll((elements) => elements.map((element) => element.textContent ?? ''));
  expect(said.length).toBeGreaterThan(20);
  return said;
}
