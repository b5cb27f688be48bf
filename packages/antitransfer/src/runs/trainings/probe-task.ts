import { Random } from 'onnx-autograd/random';
import { probe } from '../../analysis/probe.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { type Observed, observeMaps } from '../../learning/training/observe.js';
import { itemAt } from '../../lookup.js';
import { type ClipLoader, labelsOf } from '../data/load-clips.js';
import { meanOfWindows, rowsOfClips } from '../store/average-by-clip.js';
import type { AssessmentJob, TargetJob } from '../store/job.js';
import type { TaskRecord } from '../store/records.js';
import { rowsOf } from './rows-of.js';

/**
 * How well a task's label can still be read at the tap, by probes that did not see the clip: from the test clips, or,
 * where those do not have two labels, from the clips of the orthogonal task. The windows of a clip are one vector, their
 * mean: a probe that learned from one would know the others.
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
  const set = await loader.store.set(job.test);
  const labels = labelsOf(set, task.column);
  const clips = rowsOfClips(set);
  const vectors = meanOfWindows(rowsOf(maps, labels.length), clips);
  const known = clips.flatMap(([row = 0], clip) => {
    const label = labels[row];
    return label === undefined ? [] : [{ label, vector: itemAt(vectors, clip) }];
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
  const sets = await Promise.all(sides.map((side) => loader.store.set(side)));
  const read = datasets.flatMap(({ labels: numbers }, side) => {
    const rows = rowsOfClips(itemAt(sets, side));
    const own = meanOfWindows(rowsOf(others[side] ?? new Float32Array(), numbers.length), rows);
    return own.map((vector, clip) => ({
      vector,
      label: task.classes[numbers[rows[clip]?.[0] ?? -1] ?? -1] ?? '',
    }));
  });
  return probe(
    read.map(({ vector }) => vector),
    read.map(({ label }) => label),
    { random },
  );
}
