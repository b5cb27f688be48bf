import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectResults } from '../../src/answers/collect.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import type { RunEvent } from '../../src/runs/jobs/runner.js';
import { builtRunners } from './built-process.js';
import {
  nameOf,
  numbersOf,
  type Ran,
  runTiny,
  surroundingsOf,
  tinyConfig,
  tinyRows,
  writeTable,
  writeTiny,
} from './tiny.js';

let root: string;
let corpus: string;
let whole: Ran;
const cka = { id: 'cka', objectives: [{ similarity: 'cka' }] };
const methods = ['no-transfer', cka, { id: 'sampled', objectives: [{ kind: 'balanced-sampling' }] }];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'measured-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  whole = await runTiny(tinyConfig(corpus, { methods }), root);
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** Runs a changed comparison in another folder: which jobs were begun, by their events, and those of them that train. */
async function begun(changes: ConfigTree): Promise<{ ran: Ran; all: string[]; trainings: string[] }> {
  const started: RunEvent[] = [];
  const ran = await runTiny(tinyConfig(corpus, { methods, ...changes }), root, {
    folder: 'changed',
    onEvent: (event) => void (event.event.kind === 'started' && started.push(event)),
  });
  await rm(join(root, 'changed'), { recursive: true });
  const names = (jobs: readonly RunEvent[]) => jobs.map(({ job }) => nameOf(job)).sort();
  return {
    ran,
    all: names(started),
    trainings: names(started.filter(({ job }) => job.job.kind !== 'assessment')),
  };
}

const curvesOf = ({ experiment }: Ran) =>
  collectResults(experiment, []).runs.map(({ method, epochs }) => [
    method,
    epochs.map(({ measures }) => measures),
  ]);

describe('what is only measured trains nothing', () => {
  it.each(['conv2_1', 'pool2', 'input'])(
    'the tap %s: only what looks there is trained again, and every test is done at it',
    async (tap) => {
      const { trainings, all, ran } = await begun({ tap });
      expect(trainings).toEqual(['cka/1']);
      expect(all).toEqual(['cka/1', 'test of cka/1', 'test of no-transfer/1', 'test of sampled/1']);
      expect(curvesOf(ran)[0]).not.toEqual(curvesOf(whole)[0]);
    },
    60_000,
  );

  it('one more orthogonal task: its own network', async () => {
    const { trainings, all, ran } = await begun({ orthogonal: [{ column: 'speaker' }, { column: 'room' }] });
    expect(trainings).toEqual(['orthogonal-room/1']);
    expect(all).toHaveLength(4);
    const [[, curve]] = curvesOf(ran) as [[string, Record<string, number>[]]];
    expect(curve).toHaveLength(2);
    for (const measures of curve) expect(Object.keys(measures)).toEqual(['cka.speaker', 'cka.room']);
  }, 60_000);

  it('a corrected label of a test clip', async () => {
    const rows = tinyRows().map((row, i) => (i === 4 ? { ...row, digit: 'high' } : row));
    expect(rows[4]?.list).toBe('testing');
    await writeTable(corpus, rows);
    try {
      const { trainings, all } = await begun({});
      expect(trainings).toEqual([]);
      expect(all).toEqual(['test of cka/1', 'test of no-transfer/1', 'test of sampled/1']);
    } finally {
      await writeTable(corpus, tinyRows());
    }
  }, 60_000);

  it('another name of a task', async () => {
    const { all, ran } = await begun({ orthogonal: { column: 'speaker', name: 'voices' } });
    expect(all).toEqual([]);
    const [[, curve]] = curvesOf(ran) as [[string, Record<string, number>[]]];
    expect(Object.keys(curve[0] ?? {})).toEqual(['cka.voices']);
  }, 60_000);
});

describe('the chosen model on all sides', () => {
  it('has the scores on validation clips that its epoch had, and was scored on those that it learned from', () => {
    for (const { sides, epochs, bestEpoch } of collectResults(whole.experiment, []).runs) {
      const { accuracy, crossEntropy } = epochs[bestEpoch - 1]!.validation;
      expect(sides?.validation?.accuracy).toBeCloseTo(accuracy, 6);
      expect(sides?.validation?.crossEntropy).toBeCloseTo(crossEntropy, 5);
      expect(sides?.train.accuracy).toBeGreaterThanOrEqual(0);
      // Two classes of equally many clips.
      expect(sides?.train.balancedAccuracy).toBeCloseTo(sides?.train.accuracy ?? -1, 6);
    }
  });
});

describe('a reference without objectives', () => {
  it('begins at once, beside the orthogonal networks; its test waits for them', async () => {
    const order: string[] = [];
    const runner = (await builtRunners()).find('process').create(surroundingsOf(root, 'at-once'), 3);
    const onEvent = ({ job, event }: RunEvent) => {
      if (event.kind === 'started' || event.kind === 'done') order.push(`${event.kind} ${nameOf(job)}`);
    };
    await runTiny(tinyConfig(corpus, { methods }), root, { folder: 'o', store: 'at-once', runner, onEvent });
    const at = (what: string) => order.indexOf(what);
    expect(at('started no-transfer/1')).toBeLessThan(at('done orthogonal-speaker/1'));
    expect(at('started cka/1')).toBeGreaterThan(at('done orthogonal-speaker/1'));
    expect(at('started test of no-transfer/1')).toBeGreaterThan(at('done orthogonal-speaker/1'));
  }, 60_000);
});

describe('the curve of a training that was stopped', () => {
  it('is that of one that was not, from the first epoch on', async () => {
    const config = tinyConfig(corpus, { methods, training: { epochs: 6, batch: 6 } });
    const other = await runTiny(config, root, { folder: 'six', store: 'six' });
    const stop = new AbortController();
    const onEvent = ({ job, event }: RunEvent) => {
      if (nameOf(job) === 'cka/1' && event.kind === 'epoch' && event.metrics.epoch === 3)
        stop.abort(new Error('enough'));
    };
    const options = { folder: 'stopped', store: 'stopped' };
    await expect(runTiny(config, root, { ...options, onEvent, signal: stop.signal })).rejects.toThrow(
      'enough',
    );
    const epochs: number[] = [];
    const again = await runTiny(config, root, {
      ...options,
      onEvent: ({ job, event }) => {
        if (nameOf(job) === 'cka/1' && event.kind === 'epoch') epochs.push(event.metrics.epoch);
      },
    });
    expect(epochs[0]).toBeGreaterThan(3);
    expect(curvesOf(again)).toEqual(curvesOf(other));
    expect(numbersOf(again.experiment)).toEqual(numbersOf(other.experiment));
  }, 120_000);
});
