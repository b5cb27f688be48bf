import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { Random } from 'onnx-autograd';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderJoinedReport } from '../../../src/answers/joined/report/page.js';
import { chromiumPath } from '../page/chromium.js';
import { comparisonFixture } from '../page/fixture.js';
import { atTaps, layerwiseFixture } from './layerwise-fixture.js';

describe.skipIf(chromiumPath === undefined)('the page of several comparisons in a browser', () => {
  let browser: Browser;
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'joined-report-'));
    const layers = layerwiseFixture(new Random(1), [
      { id: 'no-transfer', accuracy: 0.5 },
      ...atTaps('cka', { similarity: 'cka' }, { conv2_1: [0.6, 0.5], conv3_1: [0.55, 0.7] }),
    ]);
    const plain = comparisonFixture(new Random(2), { epochs: 4, clips: 20, seeds: 5 });
    const all = [
      { name: 'layers', results: layers },
      ...['a-comparison-with-a-long-name', 'short', 'third'].map((name) => ({ name, results: plain })),
    ];
    await writeFile(join(folder, 'joined.html'), renderJoinedReport(all));
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    '%s, at %i px: axe finds nothing, and only tables scroll sideways',
    async (colorScheme, width) => {
      const viewport = { width, height: 900 };
      // axe is a script that the page's own policy rightly refuses.
      const page = await (await browser.newContext({ viewport, colorScheme, bypassCSP: true })).newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', ({ message }) => complaints.push(message));
      await page.goto(pathToFileURL(join(folder, 'joined.html')).href);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
      await page.addScriptTag({ content: axe.source });
      const violations = await page.evaluate(
        "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))",
      );
      expect(violations).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});
