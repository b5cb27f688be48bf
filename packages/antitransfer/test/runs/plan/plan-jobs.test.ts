import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { Store } from '../../../src/runs/store/store.js';
import { nameOf, writeTiny } from '../tiny.js';
import { jobsOf, planTiny } from './tiny-plan.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plan-jobs-'));
  await writeTiny(join(root, 'corpus'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const planOf = (changes: ConfigTree = {}) =>
  planTiny(join(root, 'corpus'), new Store(join(root, 'store')), changes);

describe('a plan', () => {
  it('has each job once: methods of equal settings share theirs', async () => {
    const twin = { id: 'twin', label: 'Twin', objectives: [{ similarity: 'cka' }] };
    const { jobs, methods } = await planOf({ methods: ['no-transfer', 'cka', twin] });
    const [, cka, other] = methods;
    expect(other).toMatchObject({ name: 'twin/1', job: cka?.job });
    expect(jobs.map(nameOf)).toEqual([
      'orthogonal-speaker/1',
      'no-transfer/1',
      'test of no-transfer/1',
      'cka/1',
      'test of cka/1',
    ]);
  });

  it('has the jobs of a longer one among its own', async () => {
    const base = await planOf();
    const more = await planOf({ seeds: 2, methods: ['no-transfer', 'gram', 'cka'] });
    expect(jobsOf(more)).toEqual(expect.arrayContaining(jobsOf(base)));
    expect(more.jobs).toHaveLength(14);
    expect(new Set(more.jobs.map(({ id }) => id)).size).toBe(14);
  });

  it('goes through one repetition after another, orthogonal networks first; each waits for what it looks at only', async () => {
    const { jobs, methods } = await planOf({
      seeds: 2,
      methods: ['no-transfer', { id: 'dual', start: 'no-transfer', objectives: [{ similarity: 'cka' }] }],
    });
    expect(jobs.map(nameOf)).toEqual([
      ...[1, 2].flatMap((repetition) => [
        `orthogonal-speaker/${repetition}`,
        `no-transfer/${repetition}`,
        `test of no-transfer/${repetition}`,
        `dual/${repetition}`,
        `test of dual/${repetition}`,
      ]),
    ]);
    expect(methods.map(({ name }) => name)).toEqual(['no-transfer/1', 'no-transfer/2', 'dual/1', 'dual/2']);
    const after = (name: string) => {
      const ids = jobs.find((job) => nameOf(job) === name)?.after ?? [];
      return ids.map((id) => nameOf(jobs.find((job) => job.id === id) ?? { name: '?', job: {} }));
    };
    expect(after('no-transfer/2')).toEqual([]);
    expect(after('test of no-transfer/2')).toEqual(['no-transfer/2', 'orthogonal-speaker/2']);
    expect(after('dual/2')).toEqual(['orthogonal-speaker/2', 'no-transfer/2']);
    expect(after('test of dual/2')).toEqual(['dual/2', 'orthogonal-speaker/2']);
  });

  it('looks as published where the released code does, in the paper’s network and unless told otherwise', async () => {
    const lookedAt = async (changes: ConfigTree) => {
      const { jobs } = await planOf({ methods: ['no-transfer', 'as-published', 'gram'], ...changes });
      return jobs.flatMap(({ job }) =>
        job.kind === 'target' ? job.objectives.map(({ settings }) => 'tap' in settings && settings.tap) : [],
      );
    };
    const vgg16 = { network: { name: 'vgg16', width: 0.02 } };
    expect(await lookedAt(vgg16)).toEqual(['conv5_2', 'conv5_3']);
    expect(await lookedAt({ ...vgg16, tap: 'pool3' })).toEqual(['pool3', 'pool3']);
    expect(await lookedAt({})).toEqual(['conv4_2', 'conv4_2']);
  });

  it('has another seed’s network of one orthogonal task as a control, of the same clips and beside the same target', async () => {
    const { jobs, methods } = await planOf({
      orthogonal: [
        { name: 'speaker', column: 'speaker' },
        { name: 'another-seed', column: 'speaker', seedOffset: 1 },
      ],
      methods: [
        'no-transfer',
        'cka',
        { id: 'control', control: true, objectives: [{ similarity: 'cka', orthogonal: 'another-seed' }] },
      ],
    });
    const [own, other] = jobs.flatMap(({ id, job }) => (job.kind === 'orthogonal' ? [{ id, job }] : []));
    expect(other?.job).toEqual({ ...own?.job, seed: 2 });
    const frozenOf = (method: string) => {
      const job = jobs.find(({ id }) => id === methods.find(({ of }) => of === method)?.job)?.job;
      return job?.kind === 'target' ? { seed: job.seed, frozen: job.tasks[0]?.network } : undefined;
    };
    expect(frozenOf('cka')).toEqual({ seed: 1, frozen: own?.id });
    expect(frozenOf('control')).toEqual({ seed: 1, frozen: other?.id });
  });

  it('trains what starts from another training anew when that one is another', async () => {
    const start = (name: string) => ({ id: 'dual', start: name, objectives: [] });
    const [first, second] = await Promise.all([
      planOf({ methods: ['no-transfer', 'cka', start('cka')] }),
      planOf({
        methods: ['no-transfer', { id: 'cka', objectives: [{ similarity: 'cka', beta: 2 }] }, start('cka')],
      }),
    ]);
    expect(second.methods.at(-1)?.job).not.toBe(first.methods.at(-1)?.job);
  });
});
