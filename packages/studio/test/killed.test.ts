import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { judge, readResults, summarise } from 'antitransfer/answers';
import { readOutline } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, start } from './antitransfer.js';
import { chromiumPath, Visit } from './chromium.js';
import { crowding } from './crowding.js';
import { small, smallComparison } from './small-comparison.js';

/** More than are done before it is killed. */
const EPOCHS = 12;

describe.skipIf(chromiumPath === undefined)('a comparison that is killed', () => {
  let folder = '';
  let visit: Visit;
  beforeAll(async () => {
    folder = await smallComparison();
    await writeFile(join(folder, 'long.yaml'), small(EPOCHS, 'process'));
  }, 600_000);
  afterAll(async () => {
    await visit?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('has stopped within ten seconds, says how to continue, and joins its curves when it does', async () => {
    const { child, ended } = start(folder, 'compare', 'long.yaml', '--output', 'runs/long', '--seeds', '1');
    const events = await beganTraining(join(folder, 'runs/long'), join(folder, 'runs/store'));
    visit = await Visit.begin(join(folder, 'runs/long'));
    const { page, complaints } = await visit.open('#/runs/long');
    await expect
      .poll(() => page.locator('.kicker .state').textContent(), { timeout: 60_000 })
      .toBe('running');
    process.kill(-child.pid!, 'SIGKILL');
    const killed = performance.now();
    await page.locator('.to-continue').waitFor({ timeout: 60_000 });
    const milliseconds = performance.now() - killed;
    expect(milliseconds).toBeLessThan(10_000 * (await crowding()));
    expect(await page.locator('.to-continue').textContent()).toContain('Stopped, continue with');
    await ended;
    await appendFile(events, '{"version":1,"time":"2026-');
    await page.reload();
    const command = (await page.locator('.to-continue code').textContent()) ?? '';
    expect(await page.locator('[role=alert]').count()).toBe(0);

    const [, , ...typed] = command.split(' ');
    await run(folder, ...typed);
    await page.locator('.reasons, .facts').first().waitFor();
    const results = await readResults(join(folder, 'runs/long'));
    expect(await page.locator('h1.verdict').textContent()).toBe(judge(results, summarise(results)).sentence);
    const view = (await page.evaluate(`fetch('./api/runs/long/curves').then((answer) => answer.json())`)) as {
      curves: { runs: { points: { epoch: number }[] }[] }[];
    };
    const whole = Array.from({ length: EPOCHS }, (_, index) => index + 1);
    for (const { runs } of view.curves)
      expect(runs.map(({ points }) => points.map(({ epoch }) => epoch))).toEqual([whole]);
    expect(complaints).toEqual([]);
  }, 600_000);
});

/** Waits until the first training has done an epoch or two. */
async function beganTraining(run: string, store: string): Promise<string> {
  for (;;) {
    const outline = await readOutline(run);
    for (const { job } of outline?.methods ?? []) {
      const path = join(store, 'jobs', job, 'events.jsonl');
      const text = await readFile(path, 'utf8').catch(() => '');
      if (text.split('"kind":"epoch"').length > 2) return path;
    }
    await wait(50);
  }
}
