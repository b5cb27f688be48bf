import { beforeAll, describe, expect, it } from 'vitest';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import type { Plan } from '../../../src/runs/plan/plan.js';
import type { Job } from '../../../src/runs/store/job.js';
import { network, orthogonal, tinyComparison, training } from './tiny-comparison.js';
import { jobsOf } from './tiny-plan.js';

const { planOf, pathOf } = tinyComparison();

let base: Plan;
beforeAll(async () => {
  base = await planOf();
});

describe('the digest of a job', () => {
  it('has a given network by its bytes, not by its path', async () => {
    const [one, copy, other] = await Promise.all(
      ['given-1.onnx', 'copy-of-1.onnx', 'given-2.onnx'].map(async (file) =>
        jobsOf(await planOf({ ...orthogonal({ model: pathOf(file) }), ...network({ model: pathOf(file) }) })),
      ),
    );
    expect(copy).toEqual(one);
    expect(other).not.toEqual(one);
  });

  const trainingSettingsOf = (job: Job | undefined) =>
    job?.kind === 'orthogonal' ? job.training : undefined;

  it("of an orthogonal network has the target's training, but for what is said otherwise", async () => {
    const trainingOf = async (changes: ConfigTree) =>
      trainingSettingsOf((await planOf(changes)).jobs[0]?.job);
    const inherited = await trainingOf(training({ optimizer: 'sgd', patience: 4, freeze: ['conv1_1*'] }));
    expect(inherited).toMatchObject({ batch: 6, optimizer: 'sgd', patience: 4, freeze: [] });
    const other = {
      ...training({ optimizer: 'sgd', patience: 4 }),
      ...orthogonal({ training: { epochs: 9 } }),
    };
    expect(await trainingOf(other)).toEqual({ ...inherited, epochs: 9 });
  });

  it('of an orthogonal network does not depend on the target, the methods or how the target is frozen', async () => {
    const [task] = base.tasks;
    const changes = [
      { target: 'room' },
      { methods: ['gram'] },
      training({ freeze: ['conv1_1*'] }),
      { tap: 'conv1_1' },
    ];
    for (const change of changes) expect((await planOf(change)).tasks).toEqual([task]);
  });
});
