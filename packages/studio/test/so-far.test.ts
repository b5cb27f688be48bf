import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { methodColumns, readResults, readResultsSoFar, summarise } from 'antitransfer/answers';
import { paths } from 'antitransfer/runs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, start } from './antitransfer.js';
import { chromiumPath, go, Visit } from './chromium.js';
import { small, smallComparison } from './small-comparison.js';

describe.skipIf(chromiumPath === undefined)('a comparison of which not all seeds are complete', () => {
  let folder = '';
  let visit: Visit;
  beforeAll(async () => {
    folder = await smallComparison();
    await writeFile(join(folder, 'more.yaml'), small(3, 'process'));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows the tables of those that are, says how many they are, and then those of all', async () => {
    const more = join(folder, 'runs/more');
    const args = ['compare', 'more.yaml', '--output', 'runs/more', '--seeds', '3'];
    const { child, ended } = start(folder, ...args);
    while (!(await isThere(paths.resultsSoFar(more)))) await wait(20);
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
    const soFar = (await readResultsSoFar(more))!;
    const { done } = soFar.repetitions;
    expect(done).toBeLessThan(3);

    visit = await Visit.begin(more);
    const { page, complaints } = await visit.open('#/runs/more');
    await page.locator('table.results').first().waitFor();
    expect(await cells(page)).toEqual(columnsOf(soFar));
    const words = `so far of ${done} of 3 seeds`;
    expect(await page.locator('.so-far').allTextContents()).toContainEqual(expect.stringContaining(words));
    await go(page, '#/runs/more/groups');
    await page.locator('table.groups').waitFor();
    expect(await page.locator('.so-far').textContent()).toContain(`These numbers are ${words}`);
    await go(page, '#/runs/more/errors');
    await page.getByText(words).waitFor();
    await expect
      .poll(() => page.locator('#clips + p').textContent())
      .toMatch(
        new RegExp(`^All ${soFar.split.counts.test} clips, ${done * soFar.split.counts.test} answers`),
      );

    await go(page, '#/runs/more');
    await run(folder, ...args);
    const all = await readResults(more);
    await expect.poll(() => cells(page), { timeout: 20_000 }).toEqual(columnsOf(all));
    expect(await page.locator('.so-far').count()).toBe(0);
    expect(await isThere(paths.resultsSoFar(more))).toBe(false);
    expect(complaints).toEqual([]);
  }, 600_000);
});

/** What stands in the first table, row by row. */
async function cells(page: Page): Promise<string[][]> {
  const rows = page.locator('table.results').first().locator('tbody tr');
  return rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
  );
}

/** The same by the report's columns. */
function columnsOf(results: Awaited<ReturnType<typeof readResults>>): string[][] {
  const summaries = summarise(results);
  const columns = methodColumns(results, summaries).filter(({ about }) => about === undefined);
  return summaries.map((summary) => columns.map(({ format }) => format(summary)));
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
