import { beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/runs/plan/plan.js';
import { needsOf } from '../../../src/runs/store/needs.js';
import { network, tinyComparison, training } from './tiny-comparison.js';
import { trainingsOf } from './tiny-plan.js';

const { planOf } = tinyComparison();

let base: Plan;
beforeAll(async () => {
  base = await planOf();
});

describe('the digest of a job', () => {
  it('has augmentations where there are any, and of the target only', async () => {
    for (const { job } of base.jobs) expect(job).not.toHaveProperty('augmentation');
    const augmented = await planOf(training({ augmentation: [{ kind: 'mixup' }] }));
    expect(augmented.tasks).toEqual(base.tasks);
    const targets = augmented.jobs.filter(({ job }) => job.kind === 'target');
    expect(targets).toHaveLength(2);
    for (const { job } of targets)
      expect(job).toMatchObject({ augmentation: [{ kind: 'mixup', alpha: 0.2 }] });
    const both = await Promise.all(
      [
        [{ kind: 'gain' }, { kind: 'noise' }],
        [{ kind: 'noise' }, { kind: 'gain' }],
      ].map(async (augmentation) => trainingsOf(await planOf(training({ augmentation })))),
    );
    // What changes samples comes first in any case.
    expect(both[1]).toEqual(both[0]);
    const own = await planOf({ methods: ['no-transfer', 'mixup', 'cka'] });
    expect([own.methods[0]?.job, own.methods[2]?.job]).toEqual(base.methods.map(({ job }) => job));
    expect(own.methods[1]?.job).toBe(augmented.methods[0]?.job);
  });

  it('says nothing of the first weights that a network has anyway', async () => {
    const jobs = await Promise.all(
      [{}, { initialisation: 'torchvision' }, { initialisation: 'pytorch' }].map(async (change) =>
        trainingsOf(await planOf(network({ name: 'vgg16', width: 0.02, ...change }))),
      ),
    );
    expect(jobs[1]).toEqual(jobs[0]);
    expect(jobs[2]).not.toEqual(jobs[0]);
    await expect(planOf(network({ initialisation: 'pytorch' }))).rejects.toThrow(
      /network\.initialisation: the name "vgg-small" does not read it \(vgg16 does\)/,
    );
  });

  it('has the labels of validation clips where the worst group chooses, and of the target only', async () => {
    for (const { job } of base.jobs) expect(job).not.toHaveProperty('groups');
    const choose = 'validation-worst-group-accuracy';
    const chosen = await planOf(training({ choose }));
    expect(chosen.tasks).toEqual(base.tasks);
    const targets = chosen.jobs.filter(({ job }) => job.kind === 'target');
    expect(targets).toHaveLength(2);
    for (const { id, job } of targets) {
      if (job.kind !== 'target' || job.groups === undefined) expect.fail('no groups');
      expect(job.groups.column).toBe('speaker');
      expect(job.groups.clips).not.toBe(job.validation);
      expect(needsOf([id], [], () => job).sets).toContain(job.groups.clips);
    }
    const task = { column: 'speaker', training: { choose } };
    await expect(planOf({ orthogonal: task })).rejects.toThrow(
      /orthogonal\[0\]\.training\.choose: there are no groups/,
    );
  });

  it('has the choice with penalties where there are any, and the rule of patience where somebody waits', async () => {
    const choose = training({ choose: 'validation-loss-and-penalty' });
    const [plain, penalised] = [base.methods, (await planOf(choose)).methods];
    expect(penalised[0]).toEqual(plain[0]);
    expect(penalised[1]?.job).not.toBe(plain[1]?.job);
    expect((await planOf(choose)).tasks).toEqual(base.tasks);
    const waiting = await Promise.all(
      [{}, { patienceRule: 'since-best' }, { patienceRule: 'as-published' }].map(async (rule) =>
        trainingsOf(await planOf(training({ patience: 3, ...rule }))),
      ),
    );
    expect(waiting[1]).toEqual(waiting[0]);
    expect(waiting[2]).not.toEqual(waiting[0]);
  });
});
