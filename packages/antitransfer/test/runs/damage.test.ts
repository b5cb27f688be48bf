import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonResults } from '../../src/answers/results.js';
import { compare } from '../../src/compare.js';
import { buildFrontEnd } from '../../src/data/features/front-end.js';
import { sha256 } from '../../src/files/digest.js';
import { buildNetwork } from '../../src/learning/networks/registry.js';
import { saveNetwork } from '../../src/learning/networks/store.js';
import type { Config } from '../../src/runs/config/schema.js';
import type { RunEvent } from '../../src/runs/jobs/runner.js';
import { InlineRunner } from '../../src/runs/runners/inline-runner.js';
import { nameOf, surroundingsOf, tinyConfig, writeTiny } from './tiny.js';

let root: string;
/** By the names of their cells, such as `cka/1`. */
let jobs: Readonly<Record<string, string>>;
let count = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'damage-'));
  await writeTiny(join(root, 'corpus'));
  await run(join(root, 'whole'));
  const index = JSON.parse(await readFile(join(root, 'whole/out/comparison.json'), 'utf8')) as {
    readonly methods: readonly { readonly name: string; readonly job: string; readonly assessment: string }[];
    readonly tasks: readonly { readonly name: string; readonly job: string }[];
  };
  jobs = Object.fromEntries(
    [
      ...[...index.methods, ...index.tasks].map(({ name, job }) => [name, job]),
      ...index.methods.map(({ name, assessment }) => [`test of ${name}`, assessment]),
    ].map(([name, job]) => [name, `store/jobs/${job}`]),
  );
  await interrupt(join(root, 'interrupted'));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const config = () => tinyConfig(join(root, 'corpus'), { training: { epochs: 3, batch: 6 } });

/** Runs a comparison, with folder and store below a folder, in this process; returns what it trained. */
async function run(
  base: string,
  what: Config = config(),
  onEvent?: (event: RunEvent) => void,
): Promise<string[]> {
  const trained: string[] = [];
  await compare(what, {
    folder: join(base, 'out'),
    store: join(base, 'store'),
    cache: join(root, 'cache'),
    runner: new InlineRunner(surroundingsOf(base)),
    observer: {
      onDone: (job, _, reused) => void (reused || trained.push(nameOf(job))),
      ...(onEvent && { onEvent }),
    },
  });
  return trained.sort();
}

/** Leaves a comparison whose last training was stopped within its second epoch. */
async function interrupt(base: string): Promise<void> {
  const stop = ({ job, event }: RunEvent) => {
    if (job.name === 'cka/1' && event.kind === 'epoch') throw new Error('stopped here');
  };
  await expect(run(base, config(), stop)).rejects.toThrow('stopped here');
  const left = (await readdir(join(base, cell('cka/1'), 'training'))).filter(
    (name) => !name.includes('draft'),
  );
  expect(left.length).toBeGreaterThan(1);
}

/** Where a cell's job is, from the folder of a run. */
function cell(name: string): string {
  const path = jobs[name];
  if (path === undefined) throw new Error(`no cell ${name}`);
  return path;
}

/** All that a comparison came to: its numbers without times, and the bytes of its networks and models. */
async function outcome(base: string) {
  const text = await readFile(join(base, 'out/results.json'), 'utf8');
  const { runs, tasks } = JSON.parse(text) as ComparisonResults;
  const timeless = runs.map(({ seconds: _, epochs, ...rest }) => ({
    ...rest,
    epochs: epochs.map(({ seconds: __, ...metrics }) => metrics),
  }));
  const names = (await readdir(base, { recursive: true }))
    .filter((name) => /^(out|store).*\.onnx$/.test(name))
    .sort();
  const digests = names.map(async (name) => [name, sha256(await readFile(join(base, name)))]);
  return { runs: timeless, tasks, files: Object.fromEntries(await Promise.all(digests)) };
}

type Damage = (path: string) => Promise<void>;
const gone: Damage = (path) => rm(path, { recursive: true });
const emptied: Damage = (path) => truncate(path, 0);
const halved: Damage = async (path) => truncate(path, (await readFile(path)).length >> 1);
const flipped: Damage = async (path) => {
  const bytes = await readFile(path);
  const index = Math.floor(bytes.length * 0.7);
  bytes.writeUInt8(bytes.readUInt8(index) ^ 16, index);
  await writeFile(path, bytes);
};
/** Still JSON, only another number: the first digit behind a colon. */
const otherDigit: Damage = async (path) => {
  const text = await readFile(path, 'utf8');
  const changed = text.replace(/(:\d*\.?\d*)(\d)(?=[,}])/, (_, before: string, digit: string) => {
    return `${before}${(Number(digit) + 1) % 10}`;
  });
  expect(changed).not.toBe(text);
  await writeFile(path, changed);
};
const garbage: Damage = (path) => writeFile(path, Buffer.alloc(500, 0xff));

/** Damages every file in a folder. */
const each =
  (damage: Damage): Damage =>
  async (folder) => {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    for (const { parentPath, name } of files) await damage(join(parentPath, name));
  };

/** Damages the files of a folder whose name begins so. */
const those =
  (prefix: string, damage: Damage): Damage =>
  async (folder) => {
    const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    expect(names.length, prefix).toBeGreaterThan(0);
    for (const name of names) await damage(join(folder, name));
  };

async function healed(from: string, damage: (base: string) => Promise<void>): Promise<string[]> {
  const base = join(root, `copy-${count++}`);
  await cp(join(root, from), base, { recursive: true });
  await damage(base);
  const trained = await run(base);
  expect(await outcome(base)).toEqual(await outcome(join(root, 'whole')));
  // And once more: nothing is left to be mended.
  expect(await run(base)).toEqual([]);
  return trained;
}

describe('what is damaged of a comparison that is done is made again, to the same bytes', () => {
  it.each<[string, string, Damage, string[]]>([
    ['job.json emptied', 'cka/1:job.json', emptied, []],
    ['job.json gone', 'cka/1:job.json', gone, []],
    ['a digit of job.json', 'cka/1:job.json', otherDigit, []],
    ['half of the events', 'cka/1:events.jsonl', halved, []],
    ['events that are none', 'cka/1:events.jsonl', garbage, []],
    ['no events', 'cka/1:events.jsonl', gone, []],
    ['a digit of a result', 'cka/1:result.json', otherDigit, ['cka/1']],
    ['half of a result', 'cka/1:result.json', halved, ['cka/1']],
    ['no result', 'cka/1:result.json', gone, ['cka/1']],
    ['no network', 'cka/1:network.onnx', gone, ['cka/1']],
    ['an empty network', 'cka/1:network.onnx', emptied, ['cka/1']],
    ['a bit of a network', 'cka/1:network.onnx', flipped, ['cka/1']],
    ['a bit of what it said after an epoch', 'cka/1:validation-maps.bin', flipped, ['cka/1']],
    ['nothing of what it said', 'cka/1:validation-maps.bin', gone, ['cka/1']],
    ['a digit of a test', 'test of cka/1:result.json', otherDigit, ['test of cka/1']],
    [
      'a bit of an orthogonal network',
      'orthogonal-speaker/1:network.onnx',
      flipped,
      ['orthogonal-speaker/1'],
    ],
    ['every list of clips emptied', 'store/sets', each(emptied), []],
    ['features gone', 'store/features', gone, []],
    ['index emptied', 'out/comparison.json', emptied, []],
    ['a digit of the index', 'out/comparison.json', otherDigit, []],
    ['no index', 'out/comparison.json', gone, []],
    ['no configuration', 'out/config.yaml', gone, []],
    ['a model gone', 'out/models/cka-seed-1.onnx', gone, []],
    ['a model emptied', 'out/models/cka-seed-1.onnx', emptied, []],
    ['a bit of a model', 'out/models/cka-seed-1.onnx', flipped, []],
    ['half of the results', 'out/results.json', halved, []],
    ['no report', 'out/report.html', gone, []],
  ])('%s', async (_, where, damage, trained) => {
    const [name, file] = where.split(':');
    const path = file === undefined ? where : join(cell(name ?? ''), file);
    expect(await healed('whole', (base) => damage(join(base, path)))).toEqual(trained);
  });

  it('results exchanged, with their networks', async () => {
    const trained = await healed('whole', async (base) => {
      for (const file of ['result.json', 'network.onnx'])
        await cp(join(base, cell('no-transfer/1'), file), join(base, cell('cka/1'), file));
    });
    expect(trained).toEqual(['cka/1']);
  });
});

describe('what is damaged of a training that was stopped is made again, to the same bytes', () => {
  it.each<[string, string, Damage]>([
    ['nothing', 'job.json', async () => {}],
    ['the checkpoint gone', 'training', those('checkpoint', gone)],
    ['half of the checkpoint', 'training', those('checkpoint', halved)],
    ['a bit of the checkpoint', 'training', those('checkpoint', flipped)],
    ['an empty checkpoint', 'training', those('checkpoint', emptied)],
    ['the best epoch gone', 'training', those('best', gone)],
    ['a bit of the best epoch', 'training', those('best', flipped)],
    ['what the network said after an epoch gone', 'training', those('maps-1', gone)],
    ['a bit of what it said', 'training', those('maps-1', flipped)],
    ['half of it', 'training', those('maps-1', halved)],
    ['all of it gone', 'training', gone],
    ['half of job.json', 'job.json', halved],
    ['events that are none', 'events.jsonl', garbage],
    ['lists of clips emptied', '../../sets', each(emptied)],
    ['a digit of the lists', '../../sets', each(otherDigit)],
    ['lists of clips gone', '../../sets', gone],
    ['features emptied', '../../features', each(emptied)],
    ['half of the features', '../../features', each(halved)],
    ['features gone', '../../features', gone],
    ['a bit of the network that it looks at', `../ORTHOGONAL/network.onnx`, flipped],
  ])('%s', async (_, where, damage) => {
    const path = where.replace('ORTHOGONAL', basename(cell('orthogonal-speaker/1')));
    const trained = await healed('interrupted', (base) => damage(join(base, cell('cka/1'), path)));
    expect(trained).toContain('cka/1');
    expect(trained).not.toContain('no-transfer/1');
  });
});

it('a bit of the features is found when they are read: the file is named, and the next start has it again', async () => {
  const base = join(root, `copy-${count++}`);
  await cp(join(root, 'interrupted'), base, { recursive: true });
  await each(flipped)(join(base, 'store/features'));
  const error = await run(base).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^cka, seed 1: ".*\.pack" is damaged.*Run the same command again/),
  });
  expect(await run(base)).toEqual(['cka/1', 'test of cka/1']);
  expect(await outcome(base)).toEqual(await outcome(join(root, 'whole')));
});

describe('a network that a user gave', () => {
  const given = () =>
    tinyConfig(join(root, 'corpus'), { orthogonal: { column: 'speaker', model: join(root, 'given.onnx') } });

  beforeAll(async () => {
    const { frames, bins } = buildFrontEnd(given().experiment.features);
    const input = [1, frames, bins] as const;
    const network = buildNetwork('vgg-small', { classes: 2, input, width: 0.25, random: new Random(3) });
    await saveNetwork(join(root, 'given.onnx'), network);
    await run(join(root, 'given'), given());
  });

  it.each<[string, Damage]>([
    ['emptied', emptied],
    ['with another bit', flipped],
    ['gone', gone],
  ])('is kept again where the copy is %s', async (_, damage) => {
    const base = join(root, `given-${count++}`);
    await cp(join(root, 'given'), base, { recursive: true });
    await each(damage)(join(base, 'store/models'));
    const index = await readFile(join(base, 'out/comparison.json'), 'utf8');
    for (const [, job] of index.matchAll(/"job":"(\w+)"/g))
      await rm(join(base, 'store/jobs', job ?? '', 'result.json'), { force: true });
    expect(await run(base, given())).toEqual(['cka/1', 'no-transfer/1', 'orthogonal-speaker/1']);
    expect(await outcome(base)).toEqual(await outcome(join(root, 'given')));
  });

  it('is named when it is damaged itself', async () => {
    const whole = await readFile(join(root, 'given.onnx'));
    await truncate(join(root, 'given.onnx'), 1000);
    const error = await run(join(root, 'given'), given()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UserError', message: expect.stringContaining('given.onnx') });
    expect(error).not.toMatchObject({ message: expect.stringContaining('store') });
    await writeFile(join(root, 'given.onnx'), whole);
    expect(await run(join(root, 'given'), given())).toEqual([]);
  });
});
