import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { decode } from 'fast-png';
import { Random } from 'onnx-autograd';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/answers/page/html.js';
import { chromiumPath } from './chromium.js';
import { comparisonFixture } from './fixture.js';

const ROOM = {
  name: 'place-of-recording',
  column: 'room',
  classes: ['hall', 'studio'],
  removable: 0.6,
} as const;

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  'at 400 px': { viewport: { width: 400, height: 800 } },
};

describe.skipIf(chromiumPath === undefined)('the report in a browser', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    const results = comparisonFixture(new Random(3), { seeds: 3, epochs: 6, clips: 60 });
    await writeFile(join(folder, 'report.html'), renderReport(results));
    const both = comparisonFixture(new Random(3), { seeds: 3, epochs: 6, clips: 60, otherTasks: [ROOM] });
    await writeFile(join(folder, 'two-tasks.html'), renderReport(both));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The page, and what its console complains of. */
  async function open(
    options: BrowserContextOptions,
    file = 'report.html',
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.newContext(options)).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, file)).href);
    return { page, complaints };
  }

  it.each(Object.entries(looks))('has nothing that axe finds, %s', async (_, look) => {
    // axe is a script that the page's own policy rightly refuses.
    const { page } = await open({ ...look, bypassCSP: true });
    await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
    await page.addScriptTag({ content: axe.source });
    const violations = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))",
    );
    expect(violations).toEqual([]);
  });

  it('complains of nothing, scrolls sideways in tables only, and shows the gain at 400 px', async () => {
    const { page, complaints } = await open(looks['at 400 px']!);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
    const gain = await page.locator('.results .gain').nth(3).boundingBox();
    expect(gain!.x + gain!.width).toBeLessThan(400);
  });

  it.each([
    [1200, 0],
    [800, 0],
    [390, 6],
  ])(
    'at %i px, %i tables of two tasks are wider than the page, say so, and scroll by keys',
    async (width, count) => {
      const { page, complaints } = await open({ viewport: { width, height: 900 } }, 'two-tasks.html');
      const wide = page.locator('.more:not([hidden]) + .scroll');
      await expect.poll(() => wide.count()).toBe(count);
      const overflowing =
        "[...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth).length";
      expect(await page.evaluate(overflowing)).toBe(count);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      for (const table of await wide.all()) {
        await table.focus();
        await page.keyboard.press('ArrowRight');
        await expect.poll(() => page.evaluate('document.activeElement.scrollLeft')).toBeGreaterThan(0);
      }
      expect(complaints).toEqual([]);
    },
  );

  it('runs no other script, whatever is written into it', async () => {
    const { page, complaints } = await open(looks.light!);
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      document.body.append(script);
    }`);
    expect(await page.title()).not.toBe('taken over');
    expect(complaints.join(' ')).toContain('Content Security Policy');
  });

  it('saves a figure as SVG and PNG that stand by themselves', async () => {
    const { page, complaints } = await open({ ...looks.dark, acceptDownloads: true });
    const saved = async (type: string) => {
      const waiting = page.waitForEvent('download');
      await page.locator(`figure[data-figure="gain"] button[value="${type}"]`).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toBe(`gain.${type}`);
      return readFile(await download.path());
    };
    const svg = (await saved('svg')).toString();
    expect(svg).toContain('Gain in accuracy over no transfer');
    expect(svg).toContain('correlation, auxiliary clips');
    // In the colours of paper though the page is dark, and without what only the page knows.
    expect(svg).toContain('#0072b2');
    expect(svg).not.toMatch(/var\(|class="chart"|undefined/);
    const png = decode(await saved('png'));
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    expect([png.width, png.height]).toEqual([3 * Number(width), 3 * Number(height)]);
    const drawn = new Set(
      Array.from({ length: png.data.length / 4 }, (_, i) => png.data.slice(4 * i, 4 * i + 3).join()),
    );
    expect(drawn.size).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
  });

  it('has nothing to press on paper, and nothing closed', async () => {
    const { page } = await open(looks.light!);
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate(`(() => {
      dispatchEvent(new Event('beforeprint'));
      const pressed = [...document.querySelectorAll('button, audio')];
      const controls = pressed.filter((element) => element.getClientRects().length > 0).length;
      const closed = document.querySelectorAll('details:not([open])').length;
      const summaries = [...document.querySelectorAll('summary')];
      const markers = summaries.map((part) => getComputedStyle(part).listStyleType);
      dispatchEvent(new Event('afterprint'));
      return { controls, closed, markers, after: document.querySelectorAll('details[open]').length };
    })()`);
    expect(seen).toEqual({ controls: 0, closed: 0, markers: Array(7).fill('none'), after: 0 });
  });
});
