import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredEvent } from 'antitransfer/runs';
import { readOutline } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, Visit } from './chromium.js';
import { crowding } from './crowding.js';
import { smallComparison } from './small-comparison.js';

/** What the page does, so that what moves is seen. */
const STATE = `({
  scrolled: Math.round(document.querySelector('#learning').getBoundingClientRect().top),
  selected: String(getSelection()),
  focused: document.activeElement?.id || document.activeElement?.textContent,
  epochs: [...document.querySelectorAll('.zoom input')].map(({ value }) => value),
})`;

describe.skipIf(chromiumPath === undefined)('a training under way', () => {
  let folder = '';
  let events = '';
  let visit: Visit;
  beforeAll(async () => {
    folder = await smallComparison();
    const run = join(folder, 'runs/small');
    const outline = await readOutline(run);
    const job = join(folder, 'runs/store/jobs', outline!.methods[0]!.job);
    events = join(job, 'events.jsonl');
    // As it was before its last epoch: it has come to no end, and nobody is at it.
    const lines = (await readFile(events, 'utf8')).split('\n');
    const second = lines.findIndex((line) => /"kind":"epoch".*"epoch":2\b/.test(line));
    await writeFile(events, `${lines.slice(0, second).join('\n')}\n`);
    for (const name of ['result.json', 'network.onnx']) await rm(join(job, name));
    for (const name of ['results.json', 'report.html']) await rm(join(run, name));
    visit = await Visit.begin(join(folder, 'runs'));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('is on the curve within half a second of its line; selection, scroll, zoom and focus do not move', async () => {
    const { page, complaints } = await visit.open('#/runs/runs%2Fsmall?from=1&to=2&hidden=correlation', {
      viewport: { width: 1280, height: 500 },
    });
    const epoch = page.locator('.numbers tbody tr td').first();
    await epoch.waitFor();
    expect(await page.locator('.numbers tbody tr').last().locator('td').last().textContent()).toBe('1');
    await page.locator('#learning').scrollIntoViewIfNeeded();
    await page.locator('.toggles button').first().focus();
    await page.evaluate("document.querySelector('#learning').scrollIntoView()");
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('.learning .lead'))");
    const before = await page.evaluate(STATE);
    await page.evaluate(`
      window.shown = 0;
      new MutationObserver(() => {
        const runs = document.querySelector('.numbers tbody tr td:last-child').textContent;
        if (runs === '2' && window.shown === 0) window.shown = Date.now();
      }).observe(document.querySelector('main'), { childList: true, subtree: true, characterData: true });`);
    const limit = 500 * (await crowding());
    const line = await lineOfEpoch(events);
    const written = Date.now();
    await appendFile(events, line);
    await expect.poll(() => page.evaluate('window.shown'), { timeout: 20_000 }).toBeGreaterThan(0);
    const milliseconds = Number(await page.evaluate('window.shown')) - written;
    expect(await page.evaluate(STATE)).toEqual(before);
    expect(milliseconds).toBeLessThan(limit);
    expect(complaints).toEqual([]);
  });

  it('is not troubled by half a line, and goes on when it is whole', async () => {
    const { page, complaints } = await visit.open('#/runs/runs%2Fsmall');
    await page.locator('.numbers tbody tr').first().waitFor();
    const line = await lineOfEpoch(events);
    await appendFile(events, line.slice(0, 60));
    await page.waitForTimeout(600);
    expect(await page.locator('[role=alert]').count()).toBe(0);
    const changed = line.slice(60).replace(/"accuracy":[^,}]*/, '"accuracy":1');
    await appendFile(events, changed);
    await page.locator('.learning select').selectOption('training accuracy');
    const mean = page.locator('.numbers tbody tr').first().locator('td').nth(1);
    const [, other] = await accuracies(page);
    await expect.poll(() => mean.textContent()).toMatch(new RegExp(`^${((100 + other!) / 2).toFixed(2)}`));
    expect(complaints).toEqual([]);
  });

  /** What the trainings of the first method say of the last epoch, in percent. */
  async function accuracies(page: Awaited<ReturnType<Visit['open']>>['page']): Promise<number[]> {
    const view = (await page.evaluate(
      `fetch('./api/runs/runs%2Fsmall/curves?measure=training+accuracy').then((answer) => answer.json())`,
    )) as { curves: { runs: { points: { epoch: number; value: number }[] }[] }[] };
    return view.curves[0]!.runs.map(({ points }) => {
      expect(points.map(({ epoch }) => epoch)).toEqual([1, 2]);
      return points[1]!.value;
    });
  }
});

/** The line of a second epoch, made of that of the first. */
async function lineOfEpoch(events: string): Promise<string> {
  const lines = (await readFile(events, 'utf8')).split('\n').filter(Boolean);
  const first = lines
    .map((line) => JSON.parse(line) as StoredEvent)
    .find(({ event }) => event.kind === 'epoch')!;
  if (first.event.kind !== 'epoch') throw new Error('It is an epoch.');
  const event = { ...first.event, metrics: { ...first.event.metrics, epoch: 2 } };
  return `${JSON.stringify({ ...first, time: new Date().toISOString(), event })}\n`;
}
