import { beforeAll, expect, it } from 'vitest';
import { frontEndVersion } from '../../../src/data/features/front-end.js';
import { canonicalJson } from '../../../src/files/canonical-json.js';
import { shortDigest } from '../../../src/files/digest.js';
import type { Plan } from '../../../src/runs/plan/plan.js';
import { jobSchema } from '../../../src/runs/store/job.js';
import { tinyComparison } from './tiny-comparison.js';

const { planOf } = tinyComparison();

let base: Plan;
beforeAll(async () => {
  base = await planOf();
});

it('a job of code that computes features or trainings otherwise is another, and none of this code', () => {
  expect(new Set(base.jobs.map(({ job }) => job.kind))).toEqual(
    new Set(['orthogonal', 'target', 'assessment']),
  );
  for (const { job, id } of base.jobs) {
    expect(job.frontEnd).toBe(frontEndVersion);
    for (const key of ['version', 'frontEnd'] as const) {
      const other = { ...job, [key]: job[key] + 1 };
      expect(shortDigest(canonicalJson(other))).not.toBe(id);
      expect(jobSchema.safeParse(other).success).toBe(false);
    }
    expect(jobSchema.parse(JSON.parse(JSON.stringify(job)))).toEqual(job);
  }
});
