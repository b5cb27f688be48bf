import { execFileSync, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, newPage } from './chromium.js';
import { crowding } from './crowding.js';
import { errorsComparison } from './errors-comparison.js';
import { type Fate, writeMany } from './many-stored.js';

const COMPARISONS = 200;
const EPOCHS = 50;
const MEBIBYTE = 1024;

const command = fileURLToPath(new URL('../bin/antitransfer-studio.js', import.meta.url));

/** Long tasks of the page, as its browser tells them, and how long it took until all rows were there. */
const WATCH = `
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.tasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });`;

/** Most are done. */
function fateOf(at: number): Fate {
  if (at % 20 === 7) return 'stopped';
  if (at % 40 === 9) return 'failed';
  return at % 40 === 11 ? 'queued' : 'done';
}

describe.skipIf(chromiumPath === undefined)(`${COMPARISONS} comparisons of ${EPOCHS} epochs`, () => {
  let folder = '';
  let browser: Browser;
  beforeAll(async () => {
    folder = await errorsComparison();
    await writeMany(join(folder, 'runs'), join(folder, 'runs/many'), {
      count: COMPARISONS,
      epochs: EPOCHS,
      fateOf,
    });
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are listed within a second, scroll without a task of 100 ms, and take less than 200 MB', async () => {
    const server = spawn(process.execPath, [command, join(folder, 'runs/many')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const url = await new Promise<string>((resolve) => {
        server.stdout.once('data', (bytes: Buffer) => resolve(String(bytes).split('\n')[0]!));
      });
      const { page, complaints } = await newPage(browser, { viewport: { width: 1280, height: 900 } });
      await page.addInitScript(WATCH);
      const before = await crowding();
      const begun = performance.now();
      await page.goto(url);
      await page
        .locator('.runs li')
        .nth(COMPARISONS - 1)
        .waitFor({ state: 'attached' });
      const listed = performance.now() - begun;
      const states = page.locator('.runs .state');
      const of = (state: string) => states.filter({ hasText: new RegExp(`^${state}$`) }).count();
      expect([await of('done'), await of('stopped'), await of('failed'), await of('queued')]).toEqual([
        180, 10, 5, 5,
      ]);
      const unanswered = page.locator('.runs .verdict-line', { hasText: 'No answer yet.' });
      expect(await unanswered.count()).toBe(20);

      const drawn = await page.evaluate<number>('performance.now()');
      for (let at = 0; at < 40; at++) {
        await page.mouse.wheel(0, 700);
        await page.waitForTimeout(25);
      }
      const slower = Math.max(before, await crowding());
      expect(listed).toBeLessThan(1000 * slower);
      const slow = await page.evaluate(
        `window.tasks.filter(({ startTime, duration }) => startTime > ${drawn} && duration > ${100 * slower})`,
      );
      expect(slow).toEqual([]);
      expect(await page.evaluate('scrollY')).toBeGreaterThan(5000);

      await page.getByRole('searchbox').fill('cell-17');
      await expect.poll(() => page.locator('.runs li').count()).toBe(11);
      // Some are looked into, whose results and events are read then.
      for (const name of ['cell-17', 'cell-117', 'cell-170', 'cell-173']) {
        await page.evaluate(`location.hash = '#/runs/many%2F${name}'`);
        await page.locator('.numbers tbody tr td').first().waitFor();
        expect(await page.locator('.numbers tbody tr td').first().textContent()).toBe(String(EPOCHS));
      }
      const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)]));
      process.stderr.write(
        `${COMPARISONS} comparisons: listed after ${listed.toFixed(0)} ms, the studio has ${(kibibytes / 1024).toFixed(0)} MB (load ${loadavg()[0]?.toFixed(1)}).\n`,
      );
      expect(kibibytes).toBeLessThan(200 * MEBIBYTE);
      expect(complaints).toEqual([]);
    } finally {
      server.kill();
    }
  });
});
