import { Random } from 'onnx-autograd/random';
import { probe } from '../../analysis/probe.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { type Observed, observeMaps } from '../../learning/training/observe.js';
import { type ClipLoader, labelsOf } from '../data/load-clips.js';
import type { AssessmentJob, TargetJob } from '../store/job.js';
import type { TaskRecord } from '../store/records.js';
import { rowsOf } from './rows-of.js';

/**
 * How well a task's label can still be read at the tap, by probes that did not see the clip: from the test clips, or,
 * where those do not have two labels, from the clips of the orthogonal task.
 */
export async function probeTask(
  task: AssessmentJob['tasks'][number],
  job: AssessmentJob,
  { seed }: TargetJob,
  loader: ClipLoader,
  { maps }: Evaluation,
  observed: Observed,
): Promise<TaskRecord['probe']> {
  const random = new Random(seed).fork('probe');
  const labels = labelsOf(await loader.store.set(job.test), task.column);
  const vectors = rowsOf(maps, labels.length);
  const known = labels.flatMap((label, row) => {
    const vector = vectors[row];
    return label === undefined || vector === undefined ? [] : [{ label, vector }];
  });
  if (new Set(known.map(({ label }) => label)).size > 1) {
    return probe(
      known.map(({ vector }) => vector),
      known.map(({ label }) => label),
      { random },
    );
  }
  const sides = [task.train, task.validation];
  const datasets = await Promise.all(sides.map((side) => loader.load(side, task.column, task.classes)));
  const others = await observeMaps(observed, datasets);
  const read = datasets.flatMap(({ labels: numbers }, side) =>
    rowsOf(others[side] ?? new Float32Array(), numbers.length).map((vector, row) => ({
      vector,
      label: task.classes[numbers[row] ?? -1] ?? '',
    })),
  );
  return probe(
    read.map(({ vector }) => vector),
    read.map(({ label }) => label),
    { random },
  );
}
