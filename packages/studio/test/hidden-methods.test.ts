import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, go, Visit } from './chromium.js';
import { errorsComparison } from './errors-comparison.js';

const RUN = '#/runs/runs%2Fsmall';

describe.skipIf(chromiumPath === undefined)('a method that is hidden', () => {
  let folder = '';
  let visit: Visit;
  let page: Page;
  let complaints: string[];
  /** As pages call them. */
  let names: string[];
  beforeAll(async () => {
    folder = await errorsComparison();
    visit = await Visit.begin(join(folder, 'runs'));
    ({ page, complaints } = await visit.open(`${RUN}/errors`));
    await page.waitForSelector('.clip-list');
    names = await page.locator('.method-choice .method').allTextContents();
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('is hidden on all pages at once, wherever it is hidden', async () => {
    expect(names).toHaveLength(3);
    await page.getByRole('group', { name: 'Methods shown' }).getByRole('button').nth(1).click();
    await expect.poll(() => page.url()).toContain('hidden=correlation');
    for (const tab of ['Errors', 'Groups', 'Layers', 'Comparison']) {
      await page.getByRole('link', { name: tab, exact: true }).click();
      await page.locator('.toggles [aria-pressed="false"]').waitFor();
      await expect.poll(() => page.getByText('One moment …').count()).toBe(0);
      expect(new URL(page.url()).hash).toContain('hidden=correlation');
      // Its own button stays, which shows it again, and its jobs.
      const elsewhere = page.locator(
        'main table:not(.jobs), main .method-choice, main svg text, main figcaption',
      );
      const words = async () => (await elsewhere.allTextContents()).join(' ');
      // A page may not have begun to load when nothing says that it does.
      await expect.poll(words, { message: tab }).toContain(names[2]);
      expect(await words(), tab).not.toContain(names[1]);
    }
  });

  it('is spoken of by no page, though the address asks for it; without the reference there is no difference from it', async () => {
    await go(page, `${RUN}/errors?hidden=correlation&method=correlation`);
    await expect
      .poll(() => page.locator('.method-choice [aria-pressed="true"]').textContent())
      .toBe(names[2]);
    expect(await page.locator('.confusion').count()).toBe(2);
    await go(page, `${RUN}/errors?hidden=no-transfer`);
    await expect.poll(() => page.locator('.confusion').count()).toBe(1);
    await expect.poll(() => page.locator('.said-of tbody th').allTextContents()).toEqual(names.slice(1));
    await go(page, `${RUN}/groups?hidden=no-transfer`);
    await expect
      .poll(() => page.locator('.groups thead th .method').allTextContents())
      .toEqual(names.slice(1));
    expect(await page.locator('.group-charts figure').count()).toBe(1);
    await page.locator('.groups tbody th a').first().click();
    await expect.poll(() => page.url()).toContain('/errors?hidden=no-transfer');
  });

  it('is shown again where all are hidden', async () => {
    for (const name of ['errors', 'groups']) {
      await go(page, `${RUN}/${name}?hidden=no-transfer,correlation,shuffled-control`);
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.locator('.method-choice').waitFor();
      expect(page.url()).not.toContain('hidden');
    }
    expect(complaints).toEqual([]);
  });
});
