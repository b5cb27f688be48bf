import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearCka } from '../src/analysis/cka.js';
import { type AnalyzeOptions, analyzeRun } from '../src/analyze.js';
import { type LayerResults, readLayerResults } from '../src/answers/layers/results.js';
import { tapped } from '../src/learning/networks/network.js';
import { standardised } from '../src/learning/networks/standardised.js';
import { loadNetwork } from '../src/learning/networks/store.js';
import { observeValue } from '../src/learning/training/observe.js';
import { rowsOf } from '../src/numbers/rows-of.js';
import { executionSettings } from '../src/runs/config/execution.js';
import { ClipLoader } from '../src/runs/data/load-clips.js';
import { networkJobOf } from '../src/runs/plan/plan.js';
import type { AnalysisChoice } from '../src/runs/plan/plan-analysis.js';
import { InlineRunner } from '../src/runs/runners/inline-runner.js';
import { type Ran, runTiny, surroundingsOf, tinyConfig, writeTiny } from './runs/tiny.js';

let root: string;
let ran: Ran;
let whole: LayerResults;

const both: AnalysisChoice = { taps: ['conv2_1', 'conv4_2'], readers: ['linear', 'mlp'] };
const options = (store = 'store'): AnalyzeOptions => ({
  folder: join(root, 'out'),
  store: join(root, store),
  cache: join(root, 'cache'),
  execution: executionSettings.parse({}),
  runner: new InlineRunner(surroundingsOf(root, store)),
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'analyze-'));
  const corpus = join(root, 'corpus');
  await writeTiny(corpus);
  const methods = ['no-transfer', 'leace'];
  const orthogonal = [
    { name: 'speaker', column: 'speaker' },
    { column: 'room' },
    { name: 'another-seed', column: 'speaker', seedOffset: 1000 },
  ];
  ran = await runTiny(tinyConfig(corpus, { methods, orthogonal }), root);
  whole = await analyzeRun(both, options());
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const resultOf = (method: string | null, tap: string, task = 'speaker') =>
  whole.results.find((one) => one.method === method && one.tap === tap && one.task === task) ??
  expect.fail(`nothing of ${method} at ${tap}`);

describe('an analysis', () => {
  it('has a result for each network, tap and task, the first weights among them', () => {
    expect(whole.taps).toEqual(['conv2_1', 'conv4_2']);
    const names = whole.results.map(({ method, tap, task }) => `${method} ${tap} ${task}`);
    expect(names.toSorted()).toEqual(
      [null, 'no-transfer', 'leace']
        .flatMap((method) =>
          whole.taps.flatMap((tap) =>
            ['speaker', 'room', 'another-seed'].map((task) => `${method} ${tap} ${task}`),
          ),
        )
        .sort(),
    );
    for (const { linear, mlp, gram } of whole.results) {
      expect(linear?.clips).toBeGreaterThan(3);
      expect(mlp?.chance).toBe(linear?.chance);
      expect(gram?.untrained).toBeGreaterThan(0);
    }
  });

  it.each(['no-transfer', 'leace'])('says of %s the unbiased CKA of its own network', async (method) => {
    const { store, plan, data } = ran.experiment;
    const cell = plan.methods.find(({ of }) => of === method) ?? expect.fail();
    const spec = await store.job(cell.job).job();
    if (spec?.kind !== 'target') expect.fail('no training');
    const loader = await ClipLoader.open(store, spec.features, spec.standardisation);
    const test = await loader.load(data.repetitions[0]!.test.digest, spec.column, spec.classes);
    const at = async (job: string) => {
      const network = standardised(await loadNetwork(store.job(job).network), loader.standardisation);
      const value = tapped(network, 'conv4_2', 'after');
      const [maps] = await observeValue(network, value, [test], { batch: 6, threads: 1 });
      return rowsOf(maps!, test.labels.length);
    };
    const expected = linearCka(await at(networkJobOf(cell)), await at(plan.tasks[0]!.job), {
      debiased: true,
    });
    expect(resultOf(method, 'conv4_2').cka?.value).toBeCloseTo(expected, 6);
    await loader.close();
  });

  it('sees a correction where it is, and not before', () => {
    const { linear: _, mlp: __, ...before } = resultOf('no-transfer', 'conv2_1');
    expect(resultOf('leace', 'conv2_1')).toMatchObject({ cka: before.cka, gram: before.gram });
    expect(resultOf('leace', 'conv4_2').cka).not.toEqual(resultOf('no-transfer', 'conv4_2').cka);
  });

  it('leaves what it found for programs, spreadsheets and people', async () => {
    const folder = join(root, 'out');
    expect(await readLayerResults(folder)).toEqual(JSON.parse(JSON.stringify(whole)));
    const rows = parse(await readFile(join(folder, 'analysis.csv'), 'utf8'), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows).toHaveLength(whole.results.length);
    const { linear } = resultOf('leace', 'conv4_2', 'room');
    const row = rows.find((one) => one.method === 'leace' && one.tap === 'conv4_2' && one.task === 'room');
    expect(Number(row?.['linear selectivity'])).toBeCloseTo(linear!.accuracy - linear!.control, 12);
    const { document } = parseHTML(await readFile(join(folder, 'analysis.html'), 'utf8'));
    expect(document.querySelectorAll('section')).toHaveLength(2);
    // Two tasks (the third has label and clips of the first), seven measures, each at three widths.
    expect(document.querySelectorAll('svg.chart')).toHaveLength(42);
    const svg = document.querySelector('svg.chart')!.textContent!;
    for (const text of ['before training', 'no transfer', 'LEACE', 'conv2_1', 'conv4_2'])
      expect(svg).toContain(text);
  });

  it('has another network of the same task beside the likeness that it controls, and says probes once', async () => {
    const another = resultOf('leace', 'conv4_2', 'another-seed');
    const own = resultOf('leace', 'conv4_2');
    expect([another.linear, another.mlp]).toEqual([own.linear, own.mlp]);
    expect(another.cka?.value).not.toBe(own.cka?.value);
    const page = await readFile(join(root, 'out', 'analysis.html'), 'utf8');
    const { document } = parseHTML(page);
    const map = document.querySelector('[data-figure="task-1-cka"]')!;
    const controls = ['shuffled clips', 'untrained network', '“another-seed” network', 'room network'];
    for (const name of controls) expect(map.textContent).toContain(`· ${name}`);
    const titles = [...map.querySelectorAll('rect title')].map(({ textContent }) => textContent);
    const shown = (value: number | undefined) => value?.toFixed(2).replace('-', '−').replace('−0.00', '0.00');
    expect(titles).toContain(`LEACE, “another-seed” network, conv4_2: ${shown(another.cka?.value)}`);
    expect(titles).toContain(`LEACE, shuffled clips, conv4_2: ${shown(own.cka?.shuffled)}`);
    expect(page).toContain('Other networks of the speaker: “another-seed”. Of another task: room.');
    expect(page).toMatch(/control labels [\d.]+( to [\d.]+)?, shuffled labels/);
    expect(document.querySelectorAll('section h2')).toHaveLength(2);
  });

  it('continues where it was stopped, to the same numbers', async () => {
    const { store } = ran.experiment;
    for (const id of whole.jobs) await rm(store.job(id).folder, { recursive: true });
    const stop = new AbortController();
    let before = 0;
    const stopped = analyzeRun(both, {
      ...options(),
      signal: stop.signal,
      observer: {
        onProgress: ({ done }) => {
          before = done;
          if (done === 2) stop.abort();
        },
      },
    });
    await expect(stopped).rejects.toThrow();
    expect(before).toBeLessThan(whole.jobs.length);
    const kept = await Promise.all(whole.jobs.map((id) => store.job(id).result()));
    expect(kept.filter((record) => record !== undefined).length).toBeGreaterThanOrEqual(2);
    expect(await analyzeRun(both, options())).toEqual(whole);
  }, 60_000);

  it('looks at what is chosen', async () => {
    const some = await analyzeRun(
      { method: 'leace', seed: 1, taps: ['conv4_2'], readers: ['linear'] },
      options(),
    );
    expect(some.results.map(({ method }) => method)).toEqual([null, null, null, 'leace', 'leace', 'leace']);
    expect(some.results.every(({ mlp, linear }) => mlp === undefined && linear !== undefined)).toBe(true);
  }, 60_000);

  it('refuses what is not there', async () => {
    const refused = (choice: Partial<AnalysisChoice>, more: Partial<AnalyzeOptions> = {}) =>
      expect(analyzeRun({ ...both, ...choice }, { ...options(), ...more })).rejects;
    await refused({ method: 'leac' }).toThrow(/no method "leac"; it has no-transfer, leace.*leace\?/);
    await refused({ seed: 9 }).toThrow('The run has no seed 9; it has seed 1.');
    await refused({ taps: ['conv4_3'] }).toThrow(
      /no tap "conv4_3" in the networks of the run; taps are input, conv1_1/,
    );
    await refused({}, { folder: root }).toThrow(/is no folder of a run/);
    await refused({}, { store: join(root, 'elsewhere') }).toThrow(/has no test in the store/);
  });
});
