import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonResults } from '../src/answers/results.js';
import { compare } from '../src/compare.js';
import type { DataAccount } from '../src/data/account/account.js';
import { paths } from '../src/runs/folder/paths.js';
import { completeRepetitions } from '../src/runs/plan/complete-repetitions.js';
import type { Plan } from '../src/runs/plan/plan.js';
import { InlineRunner } from '../src/runs/runners/inline-runner.js';
import { surroundingsOf, tinyConfig, writeTiny } from './runs/tiny.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'so-far-'));
  await writeTiny(join(root, 'corpus'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('a comparison reports each repetition as it comes in, and the last one as the whole', async () => {
  const folder = join(root, 'out');
  const told: ComparisonResults[] = [];
  const trained: number[] = [];
  const accounts: DataAccount[] = [];
  const pages: Promise<string>[] = [];
  const run = (seeds: number) =>
    compare(tinyConfig(join(root, 'corpus'), { seeds }), {
      folder,
      store: join(root, 'store'),
      cache: join(root, 'cache'),
      runner: new InlineRunner(surroundingsOf(root)),
      observer: {
        onAccount: (account) => void accounts.push(account),
        onRepetition: ({ plan }) => void trained.push(plan.methods.length),
        onResultsSoFar: (results) => {
          told.push(results);
          pages.push(readFile(paths.report(folder), 'utf8'));
        },
      },
    });
  const whole = await run(3);
  expect(
    told.map(({ repetitions, runs }) => [repetitions, runs.map(({ method, seed }) => [method, seed])]),
  ).toEqual([
    [
      { done: 1, asked: 3 },
      [
        ['no-transfer', 1],
        ['cka', 1],
      ],
    ],
    [
      { done: 2, asked: 3 },
      [
        ['no-transfer', 1],
        ['no-transfer', 2],
        ['cka', 1],
        ['cka', 2],
      ],
    ],
  ]);
  expect(trained).toEqual([2, 4]);
  expect(accounts).toEqual([whole.data]);
  expect(await pages[0]).toContain('So far: 1 of 3.');
  expect(whole.repetitions).toEqual({ done: 3, asked: 3 });
  expect(await readFile(paths.report(folder), 'utf8')).not.toContain('So far:');

  // One more seed: the page says at once that it is of three of four.
  told.length = 0;
  await run(4);
  expect(told.map(({ repetitions }) => repetitions)).toEqual([{ done: 3, asked: 4 }]);
}, 120_000);

describe('complete repetitions', () => {
  const job = (id: string, ...after: string[]) => ({ id, name: id, after, job: {} });
  const plan = {
    jobs: [job('s1'), job('a1'), job('t1', 'a1', 's1'), job('s2'), job('a2', 's2'), job('t2', 'a2', 's2')],
    tasks: [
      { name: 's/1', of: 's', repetition: 0, job: 's1' },
      { name: 's/2', of: 's', repetition: 1, job: 's2' },
    ],
    methods: [
      { name: 'a/1', of: 'a', repetition: 0, job: 'a1', assessment: 't1' },
      { name: 'a/2', of: 'a', repetition: 1, job: 'a2', assessment: 't2' },
    ],
    repetitions: [{ seed: 1 }, { seed: 2 }],
  } as unknown as Plan;
  const complete = (records: Record<string, string>) => [
    ...completeRepetitions(plan, new Map(Object.entries(records).map(([id, kind]) => [id, { kind }]))),
  ];

  it('are those in which everything is tested', () => {
    expect(complete({})).toEqual([]);
    expect(complete({ s1: 'orthogonal', a1: 'target' })).toEqual([]);
    expect(complete({ s1: 'orthogonal', a1: 'target', t1: 'assessment' })).toEqual([0]);
  });

  it('or cannot be, because what it needs diverged', () => {
    expect(complete({ s2: 'diverged' })).toEqual([1]);
    expect(complete({ s1: 'orthogonal', a1: 'diverged' })).toEqual([0]);
  });
});
