import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPage } from '../src/export/export-page.js';
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
    expect((await start(folder, 'studio', '--sounds').ended).err).toContain('give --export FILE, too');
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

describe.skipIf(chromiumPath === undefined)('an export with sounds', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await smallComparison();
  }, 600_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('says how large they are first; plays every clip from the file, with its picture, and asks nobody', async () => {
    const exported = start(folder, 'studio', '--export', 'heard.html', '--sounds', 'runs/small');
    const { code, err } = await exported.ended;
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^\d+ test clips with sound and pictures: \d+ MB.\n$/),
    ]);
    const html = await readFile(join(folder, 'heard.html'), 'utf8');
    expect(html).not.toContain(folder);
    const visit = await Visit.begin(join(folder, 'runs/small'));
    try {
      const { page, complaints } = await newPage(visit.browser);
      await page.goto(`${pathToFileURL(join(folder, 'heard.html')).href}#/runs/small/errors`);
      const isReady = page.getByRole('button', { name: /Play/ }).and(page.locator(':enabled'));
      const status = page.locator('#clips + p');
      const count = Number(/^All (\d+) clips/.exec((await status.textContent()) ?? '')?.[1]);
      expect(err).toContain(`${count} test clips`);
      for (let at = 0; at < count; at++) {
        await page.getByText(`${at + 1} of ${count}`).waitFor();
        await isReady.waitFor();
        await page.locator('.picture canvas').waitFor();
        await page.keyboard.press('j');
      }
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: /Pause/ }).waitFor();
      expect(await page.locator('[role=alert]').count()).toBe(0);
      expect(complaints).toEqual([]);
    } finally {
      await visit.end();
    }
  });

  it('is refused where they are more than it holds', async () => {
    const file = join(folder, 'large.html');
    const options = { folders: [join(folder, 'runs/small')], cache: join(folder, 'cache'), sounds: true };
    await expect(exportPage(file, { ...options, mostSound: 100_000 })).rejects.toThrow(
      /^The sound and pictures of \d+ test clips are \d MB; an export holds 0 MB of them at most[.]/,
    );
    await expect(access(file)).rejects.toThrow('ENOENT');
  });

  it('says without them where they are', async () => {
    await run(folder, 'studio', '--export', 'silent.html', 'runs/small');
    const visit = await Visit.begin(join(folder, 'runs/small'));
    try {
      const { page } = await newPage(visit.browser);
      await page.goto(`${pathToFileURL(join(folder, 'silent.html')).href}#/runs/small/errors`);
      await page.getByText('This export holds no sound').waitFor();
      expect(await page.getByRole('button', { name: /Play/ }).isDisabled()).toBe(true);
    } finally {
      await visit.end();
    }
  });
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
