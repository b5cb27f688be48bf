import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, Visit } from './chromium.js';
import { smallComparison } from './small-comparison.js';

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  'at 390 px': { viewport: { width: 390, height: 800 } },
};

const COMPARISON = '#/runs/runs%2Fsmall';

/** Minor and moderate findings of axe are opinions; these bar somebody's way. */
const GRAVE = ['serious', 'critical'];

describe.skipIf(chromiumPath === undefined)('every page of the registry', () => {
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

  /** The list, and what the tabs of a comparison lead to. */
  async function hashes(): Promise<string[]> {
    const { page } = await visit.open(COMPARISON);
    const tabs = page.locator('nav[aria-label="Comparison"] a');
    await tabs.first().waitFor();
    const found = await tabs.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    await page.context().close();
    expect(found).toContain(COMPARISON);
    return ['#/', ...found];
  }

  it.each(Object.entries(looks))(
    'axe finds nothing grave, nothing is wider than the page: %s',
    async (_, look) => {
      for (const hash of await hashes()) {
        // axe is a script that the policy of the page rightly refuses.
        const { page, complaints } = await visit.open(hash, { ...look, bypassCSP: true });
        await settled(page);
        await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
        await page.addScriptTag({ content: axe.source });
        const found = (await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0].html.slice(0, 200) })))',
        )) as { id: string; impact: string; html: string }[];
        expect(
          found.filter(({ impact }) => GRAVE.includes(impact)),
          hash,
        ).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth'), hash).toBe(look.viewport?.width);
        expect(await page.locator('h1').count(), hash).toBe(1);
        expect(complaints, hash).toEqual([]);
        await page.context().close();
      }
    },
  );

  it('is reached and used by keyboard alone, and shows where one is', async () => {
    for (const hash of await hashes()) {
      const { page } = await visit.open(hash, looks.light);
      await settled(page);
      const total = Number(
        // The cells of a matrix are one stop: arrows go from one to the next.
        await page.evaluate(`(() => {
          const all = document.querySelectorAll('a[href]:not([tabindex="-1"]), button:not(:disabled), input, select, textarea, summary, [tabindex="0"]');
          const seen = [...all].filter((one) => one.checkVisibility());
          for (const one of seen) one.dataset.unreached = '';
          return seen.length;
        })()`),
      );
      expect(total, hash).toBeGreaterThan(2);
      // Behind the last comes the browser's own bar, or the page as a whole, and then the first.
      for (let at = 0; at < total + 2; at++) {
        await page.keyboard.press('Tab');
        const outline = await page.evaluate(`(() => {
          const { activeElement } = document;
          if (activeElement === document.body) return 'of the browser';
          delete activeElement.dataset.unreached;
          return getComputedStyle(activeElement).outlineStyle;
        })()`);
        expect(outline, hash).not.toBe('none');
      }
      const left = await page
        .locator('[data-unreached]')
        .evaluateAll((elements) => elements.map((element) => element.outerHTML.slice(0, 120)));
      expect(left, hash).toEqual([]);
      await page.context().close();
    }
  });

  it('goes to a comparison, and back, by Enter', async () => {
    const { page } = await visit.open();
    await page.locator('.runs a').first().waitFor();
    await page.locator('.runs a').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('h1.verdict').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.goBack();
    await page.locator('.runs a').first().waitFor();
  });
});

/** Waits until nothing is asked for any more, and what was drawn is there. */
async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await expect.poll(() => page.getByText('One moment …').count(), { timeout: 20_000 }).toBe(0);
  await page.waitForTimeout(300);
}
