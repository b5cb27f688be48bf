import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComparisonFolder } from '../../src/runs/folder/comparison-folder.js';
import { readEvents } from '../../src/runs/store/events.js';
import { Store } from '../../src/runs/store/store.js';
import { expectRefused } from './refused.js';
import { type Outcome, run, runJson, start } from './run.js';
import { small, smallRun } from './small-run.js';

let folder: string;
let trained: Outcome;
/** The program runs in the folder that all tests share. */
const antitransfer = (...args: string[]) => run(folder, ...args);

beforeAll(async () => {
  ({ folder, trained } = await smallRun());
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whether a training under way in a folder has finished an epoch. */
async function hasEpoch(output: string): Promise<boolean> {
  const run = new ComparisonFolder(join(folder, output));
  const index = await run.index();
  const job = index?.methods[0]?.job;
  if (index === undefined || job === undefined) return false;
  const events = await new Store(run.storeOf(index)).job(job).events();
  return events.some(({ event }) => event.kind === 'epoch');
}

describe('train', () => {
  it('says what it did, without colours or redrawn lines in a pipe', () => {
    expect(trained.out).toContain('correlation, seed 4');
    expect(trained.out).toMatch(/test accuracy +\d+\.\d %/);
    expect(trained.err).toContain('speaker network, seed 4');
    expect(trained.err).not.toContain('orthogonal-');
    expect(trained.out + trained.err).not.toContain('\x1b');
  });

  it('does nothing twice, and prints JSON', async () => {
    const args = [
      'train',
      'small.yaml',
      '--method',
      'correlation',
      '--seed',
      '4',
      '--output',
      'run',
      '--json',
    ];
    const { out, err } = await antitransfer(...args);
    expect(err.match(/done before/g)).toHaveLength(2);
    const { runs } = JSON.parse(out) as { runs: { seed: number; epochs: number; events: string }[] };
    expect(runs).toMatchObject([{ method: 'correlation', seed: 4, epochs: 2 }]);
    const events = (await readEvents(runs[0]?.events ?? '')).map(({ event }) => event);
    expect(events.flatMap((event) => (event.kind === 'epoch' ? event.metrics.epoch : []))).toEqual([1, 2]);
    expect(events.at(-1)).toEqual({ kind: 'done', reused: false });
  });

  it('says that the demo corpus is spoken again, not that it continues', async () => {
    const { child, ended } = start(folder, 'compare', '--data.takes', '60', '--output', 'unspoken');
    let told = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      told += bytes;
      if (told.includes('Speaking the demo corpus')) child.kill('SIGINT');
    });
    const { code, err } = await ended;
    expect(code, err).toBe(130);
    expect(err).toContain('Stopping: the same command begins “Speaking the demo corpus” again.');
    expect(err).not.toContain('continues');
  });

  it('says which orthogonal network was given, which was done before, which is trained', async () => {
    const run = new ComparisonFolder(join(folder, 'run'));
    const orthogonal = (await run.index())?.tasks[0]?.job ?? '';
    const model = new Store(join(folder, 'runs/store')).job(orthogonal).network;
    await writeFile(join(folder, 'given.yaml'), small.replace('speaker }', `speaker, model: ${model} }`));
    const line = async (...args: string[]) => {
      const { code, err } = await antitransfer('train', ...args, '--method', 'correlation', '--seed', '4');
      expect(code, err).toBe(0);
      return /speaker network, seed 4 +(.*)/.exec(err)?.[1];
    };
    expect(trained.err).toMatch(/speaker network, seed 4 +accuracy \S+ %\n/);
    expect(await line('small.yaml', '--output', 'with-reused')).toMatch(/ {2}\(done before\)$/);
    expect(await line('given.yaml', '--output', 'with-given')).toMatch(/ \(given\)$/);
  });

  it('refuses a split that leaves the training side one label to forget', async () => {
    const fractions = '{ train: 0.25, validation: 0.25, test: 0.5 }';
    const alone = small.replace(
      '{ kind: stratified }',
      `{ kind: group, column: speaker, fractions: ${fractions} }`,
    );
    await writeFile(join(folder, 'alone.yaml'), alone);
    expectRefused(
      await antitransfer('train', 'alone.yaml', '--output', 'alone'),
      /all training clips of this split have the speaker "\w+"/,
      'choose a split that leaves the training side two or more',
    );
  });

  it('saves when it is interrupted, and continues to the same numbers', async () => {
    const args = ['train', 'small.yaml', '--method', 'no-transfer', '--training.epochs', '20', '--output'];
    const whole = await runJson<{ runs: { test: object }[] }>(folder, ...args, 'whole');
    const parted = [...args, 'parts', '--store', 'parts-store'];
    const { child, ended } = start(folder, ...parted, '--json');
    while (!(await hasEpoch('parts')) && child.exitCode === null) await setTimeout(20);
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.err).toContain('the same command continues');
    expect({ code: stopped.code, out: stopped.out }).toEqual({ code: 130, out: '' });
    const parts = await runJson<{ runs: { test: object }[] }>(folder, ...parted);
    expect(parts.runs[0]?.test).toEqual(whole.runs[0]?.test);
  });

  it('refuses a method that there is not, and names the nearest', async () => {
    const outcome = await antitransfer('train', 'small.yaml', '--method', 'corelation');
    expectRefused(outcome, 'no method "corelation"', 'Did you mean correlation?');
  });

  it('refuses a wrong configuration: where, what, and the nearest name', async () => {
    await writeFile(join(folder, 'wrong.yaml'), small.replace('epochs: 2', 'epoch: 2'));
    expectRefused(
      await antitransfer('train', 'wrong.yaml'),
      'wrong.yaml',
      'training.epoch: there is no such key. Did you mean epochs?',
    );
    await writeFile(join(folder, 'broken.yaml'), 'name: x\ntarget: [a\nsplit: }\n');
    expectRefused(await antitransfer('train', 'broken.yaml'), 'broken.yaml is not valid YAML', 'line 3');
    expectRefused(await antitransfer('train', 'none.yaml'), 'no configuration file "none.yaml"');
    expectRefused(await antitransfer('train', 'small.yaml', '--seed', 'x'), "'x' is invalid", 'whole number');
  });

  it('refuses a folder of another run, a folder that cannot be, and a loss that explodes', async () => {
    const other = await antitransfer('train', 'small.yaml', '--training.batch', '8', '--output', 'run');
    expectRefused(other, 'other settings', '--output');
    expectRefused(await antitransfer('train', 'small.yaml', '--output', 'small.yaml/run'), 'ENOTDIR');
    const hot = ['--training.learningRate', '1e30', '--training.schedule', 'constant', '--output', 'hot'];
    expectRefused(
      await antitransfer('train', 'small.yaml', ...hot),
      'The loss is NaN',
      'lower learning rate',
    );
  });
});
