import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, Visit } from './chromium.js';
import { smallComparison } from './small-comparison.js';

const RUN = '#/runs/runs%2Fsmall';

describe.skipIf(chromiumPath === undefined)('around every page', () => {
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

  it('the tab that is open is seen at 390 px, and the page does not move for it', async () => {
    for (const name of ['', '/errors', '/groups', '/layers', '/try']) {
      const { page } = await visit.open(RUN + name, { viewport: { width: 390, height: 800 } });
      const tab = page.locator('nav[aria-label="Comparison"] [aria-current="page"]');
      await tab.waitFor();
      const box = (await tab.boundingBox())!;
      expect(box.x, name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, name).toBeLessThanOrEqual(390);
      expect(await page.evaluate('[scrollX, scrollY]'), name).toEqual([0, 0]);
      await page.context().close();
    }
  });

  it('the tab that is open is still seen when the page becomes narrower, as by a scroll bar', async () => {
    const { page } = await visit.open(`${RUN}/try`, { viewport: { width: 1280, height: 800 } });
    const tab = page.locator('nav[aria-label="Comparison"] [aria-current="page"]');
    await tab.waitFor();
    await page.setViewportSize({ width: 300, height: 800 });
    await expect
      .poll(async () => {
        const box = await tab.boundingBox();
        return box !== null && box.x >= 0 && box.x + box.width <= 300;
      })
      .toBe(true);
    await page.context().close();
  });

  it('says that a comparison is gone that was deleted while it was open, and shows its tables no longer', async () => {
    const { page } = await visit.open(RUN);
    await page.locator('table.results').first().waitFor();
    const { page: errors } = await visit.open(`${RUN}/errors`);
    await errors.locator('.clip-list').waitFor();
    const [there, aside] = [join(folder, 'runs/small'), join(folder, 'aside')];
    await rename(there, aside);
    for (const one of [page, errors]) {
      await one.getByText('The comparison "runs/small" is gone').first().waitFor();
      expect(await one.locator('main table').count()).toBe(0);
    }
    await rename(aside, there);
    await page.locator('table.results').first().waitFor();
    expect(await page.getByText('is gone').count()).toBe(0);
  });
});
