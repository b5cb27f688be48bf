import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoredEvent } from 'antitransfer/runs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, newPage, turns } from './chromium.js';
import { smallComparison } from './small-comparison.js';

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

describe.skipIf(chromiumPath === undefined)(`${COMPARISONS} comparisons of ${EPOCHS} epochs`, () => {
  let folder = '';
  let browser: Browser;
  beforeAll(async () => {
    folder = await smallComparison();
    await lengthen(join(folder, 'runs/store/jobs'));
    const all = join(folder, 'runs/many');
    await mkdir(all);
    // They are where their store is looked for: two folders below it.
    await cp(join(folder, 'runs/store'), join(all, 'store'), { recursive: true });
    for (let at = 0; at < COMPARISONS; at++)
      await cp(join(folder, 'runs/small'), join(all, `cell-${at}`), { recursive: true });
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
      const limit = 1000 * turns();
      const begun = performance.now();
      await page.goto(url);
      await page
        .locator('.runs li')
        .nth(COMPARISONS - 1)
        .waitFor({ state: 'attached' });
      expect(performance.now() - begun).toBeLessThan(limit);
      expect(await page.locator('.runs .verdict-line').last().textContent()).not.toBe('No answer yet.');

      const drawn = await page.evaluate<number>('performance.now()');
      for (let at = 0; at < 40; at++) {
        await page.mouse.wheel(0, 700);
        await page.waitForTimeout(25);
      }
      const slow = await page.evaluate(
        `window.tasks.filter(({ startTime, duration }) => startTime > ${drawn} && duration > ${100 * turns()})`,
      );
      expect(slow).toEqual([]);
      expect(await page.evaluate('scrollY')).toBeGreaterThan(5000);

      await page.getByRole('searchbox').fill('cell-17');
      await expect.poll(() => page.locator('.runs li').count()).toBe(11);
      const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)]));
      expect(kibibytes).toBeLessThan(200 * MEBIBYTE);
      expect(complaints).toEqual([]);
    } finally {
      server.kill();
    }
  });
});

/** Gives every training as many epochs as are asked for: the last is repeated. */
async function lengthen(jobs: string): Promise<void> {
  for (const job of await readdir(jobs)) {
    const path = join(jobs, job, 'events.jsonl');
    const text = await readFile(path, 'utf8').catch(() => '');
    const lines = text.split('\n').filter(Boolean);
    const last = lines
      .map((line) => JSON.parse(line) as StoredEvent)
      .findLast(({ event }) => event.kind === 'epoch');
    if (last?.event.kind !== 'epoch') continue;
    const { event } = last;
    const more = Array.from({ length: EPOCHS - event.metrics.epoch }, (_, index) =>
      JSON.stringify({
        ...last,
        event: {
          ...event,
          epochs: EPOCHS,
          metrics: { ...event.metrics, epoch: event.metrics.epoch + index + 1 },
        },
      }),
    );
    const end = lines.findLastIndex((line) => line.includes('"kind":"epoch"')) + 1;
    await writeFile(path, `${[...lines.slice(0, end), ...more, ...lines.slice(end)].join('\n')}\n`);
  }
}
