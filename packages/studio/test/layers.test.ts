import { readFile, rm } from 'node:fs/promises';
import { formatShareEstimate, formatUnitEstimate, readLayerResults, summarise } from 'antitransfer/answers';
import { paths } from 'antitransfer/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../src/index.js';
import type { LayersView } from '../src/views/layers.js';
import type { MapView } from '../src/views/map.js';
import { asUser, browserPath, launchSpeaking, openStudio } from './speaking-browser.js';
import { compareSpoken, type SpokenComparison } from './spoken-comparison.js';

const taps = ['conv1_1', 'conv4_2'];
let spoken: SpokenComparison;
let studio: RunningStudio;
let layers: LayersView;

beforeAll(async () => {
  spoken = await compareSpoken({ taps, readers: ['linear'] });
  studio = await startStudio({ folders: [spoken.folder], cache: spoken.cache });
  layers = (await (await asUser(studio))<LayersView>('runs/spoken/layers')).view;
}, 300_000);
afterAll(async () => {
  await studio?.close();
  await spoken?.remove();
});

describe('what the layers know', () => {
  it('is at the trained tap what the results say', () => {
    expect(layers.trainedTap).toBe('conv4_2');
    const [task] = layers.tasks;
    const summaries = summarise(spoken.results);
    expect(task?.trained.map(({ method }) => method)).toEqual(summaries.map(({ method }) => method.id));
    for (const [
      at,
      {
        tasks: [summary],
      },
    ] of summaries.entries()) {
      const row = task?.trained[at];
      expect(row?.probe?.mean).toBe(summary?.probe.accuracy.mean);
      expect(row?.cka?.mean).toBe(summary?.cka.mean);
      expect(row?.probeChange?.mean).toBe(summary?.probeChange?.mean);
      expect(row?.probeChange?.interval).toEqual(summary?.probeChange?.test?.interval);
      expect(row?.ckaChange?.interval).toEqual(summary?.ckaChange?.test?.interval);
      const { n = 0, mean = Number.NaN, interval } = row?.probe ?? {};
      expect(row?.probe?.text).toBe(formatShareEstimate({ n, mean, interval }));
      expect(row?.cka?.text).toBe(
        formatUnitEstimate({ mean: Number.NaN, interval: undefined, ...row?.cka, n: 2 }),
      );
    }
  });

  it('is "not shown" exactly where the interval of a change holds zero', () => {
    const changes = layers.tasks.flatMap(({ trained, measures }) => [
      ...trained.flatMap(({ probeChange, ckaChange }) => [probeChange, ckaChange]),
      ...measures.flatMap(({ cells }) => cells.map(({ change }) => change)),
    ]);
    const known = changes.filter((change) => change?.interval !== undefined);
    expect(known.length).toBeGreaterThan(4);
    for (const change of known) {
      const [low = 0, high = 0] = change?.interval ?? [];
      expect(change?.isShown).toBe(low > 0 || high < 0);
    }
  });

  it('has every network at every tap, as analysis.json has it', async () => {
    const { results } = await readLayerResults(spoken.folder);
    const linear = layers.tasks[0]?.measures.find(({ id }) => id === 'linear');
    expect(linear?.cells.map(({ network, tap }) => `${network} ${tap}`)).toEqual(
      [null, 'no-transfer', 'cka'].flatMap((network) => taps.map((tap) => `${network} ${tap}`)),
    );
    for (const { network, tap, value } of linear?.cells ?? []) {
      const all = results.filter((one) => one.method === network && one.tap === tap);
      expect(value.n).toBe(2);
      const sum = all.reduce((total, one) => total + (one.linear?.accuracy ?? Number.NaN), 0);
      expect(value.mean).toBeCloseTo(sum / 2, 12);
    }
    expect(linear?.chance).toBeGreaterThan(0.3);
  });

  it('has a map of the test clips, with their labels', async () => {
    const ask = await asUser(studio);
    const answer = await ask<MapView>('runs/spoken/map?method=cka&seed=1&tap=conv1_1');
    const { points, explained } = answer.view;
    const { predictions } =
      spoken.results.runs.find(({ method, seed }) => method === 'cka' && seed === 1) ?? expect.fail();
    expect(points.map(({ clip }) => clip).sort()).toEqual(predictions.map(({ clip }) => clip).sort());
    for (const { clip, labels } of points) {
      const { truth, orthogonal } = predictions.find((one) => one.clip === clip) ?? expect.fail();
      expect(labels).toEqual({ word: truth, ...orthogonal });
    }
    expect(explained[0]).toBeGreaterThanOrEqual(explained[1]);
    expect((await ask('runs/spoken/map?method=other&seed=1&tap=conv1_1')).status).toBe(404);
    expect((await ask('runs/spoken/map?method=cka&seed=1&tap=other')).status).toBe(422);
  });
});

describe.skipIf(browserPath === undefined)('the page of layers', () => {
  it('shows the numbers, the pictures and, without an analysis, how to make one', async () => {
    const browser = await launchSpeaking();
    try {
      const { page, complaints } = await openStudio(browser, studio, '#/runs/spoken/layers');
      const table = page.getByRole('region', { name: 'What is left of the speaker' });
      const row = table.getByRole('row', { name: /^CKA/ });
      const [, cka] = layers.tasks[0]?.trained ?? [];
      for (const text of [cka?.probe?.text, cka?.cka?.text, cka?.probeChange?.text])
        expect(await row.textContent()).toContain(text);
      expect(await row.getByText('not shown').count()).toBe(
        [cka?.probeChange, cka?.ckaChange].filter((change) => change?.isShown === false).length,
      );
      await page.getByRole('img', { name: /Linear probe, %, speaker, by network and tap/ }).waitFor();
      await page.getByRole('button', { name: 'Unbiased CKA to the frozen network' }).click();
      await page.getByRole('img', { name: /Unbiased CKA .* a line a network/ }).waitFor();
      expect(page.url()).toContain('measure=cka');
      await page.getByText('All numbers').click();
      const value = layers.tasks[0]?.measures.find(({ id }) => id === 'cka')?.cells[0]?.value.text ?? '';
      await page.getByRole('cell', { name: value, exact: true }).first().waitFor();

      await page.getByRole('button', { name: 'Draw the map' }).click();
      await page.getByRole('img', { name: /Test clips by word/ }).waitFor();
      expect(await page.locator('svg.map g').count()).toBe(32);
      await page.getByLabel('Coloured by').selectOption('speaker');
      await page.getByRole('img', { name: /Test clips by speaker/ }).waitFor();
      // The last is covered by no other.
      await page.locator('svg.map g').last().click();
      expect(await page.getByRole('combobox', { name: /^Clip/ }).inputValue()).toMatch(/[.]wav$/);
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);

      const analysis = paths.analysis(spoken.folder);
      expect(await readFile(analysis, 'utf8')).toContain('conv1_1');
      await rm(analysis);
      await page.getByText(`npx antitransfer analyze ${spoken.folder}`).waitFor();
    } finally {
      await browser.close();
    }
  });
});
