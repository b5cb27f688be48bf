import { Random } from 'onnx-autograd/random';
import { linearCka } from '../../analysis/cka.js';
import { probe } from '../../analysis/probe.js';
import type { Vectors } from '../../analysis/vectors.js';
import type { Dataset } from '../../learning/training/dataset.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { type Observed, observeMaps } from '../../learning/training/observe.js';
import { type ClipLoader, labelsOf } from '../data/load-clips.js';
import type { TargetJob } from '../store/job.js';
import type { TaskRecord } from '../store/records.js';

type Task = TargetJob['tasks'][number];

/** What an orthogonal network says of the clips that a training is measured on. */
export interface ReferenceMaps {
  readonly task: Task;
  readonly validation: Float32Array;
  readonly test: Float32Array;
}

/** Looks at the clips through an orthogonal network, once: its answers do not change while another is trained. */
export async function referenceMaps(
  task: Task,
  observed: Observed,
  validation: Dataset,
  test: Dataset,
): Promise<ReferenceMaps> {
  const [onValidation, onTest] = await observeMaps(observed, [validation, test]);
  return { task, validation: onValidation ?? new Float32Array(), test: onTest ?? new Float32Array() };
}

/** Linear CKA of two sets of maps of the same clips, `clips x channels` each. */
export function alignment(maps: Float32Array, channels: number, reference: Float32Array): number {
  const clips = maps.length / channels;
  return linearCka(rowsOf(maps, clips), rowsOf(reference, clips));
}

/** How much of an orthogonal task the trained network still knows at the tap. */
export async function assessTask(
  reference: ReferenceMaps,
  job: TargetJob,
  loader: ClipLoader,
  evaluation: Evaluation,
  observed: Observed,
): Promise<TaskRecord> {
  return {
    name: reference.task.name,
    cka: alignment(evaluation.maps, evaluation.channels, reference.test),
    probe: await probeTask(reference.task, job, loader, evaluation, observed),
  };
}

/**
 * How well a task's label can still be read at the tap, by probes that did not see the clip: from the test clips, or,
 * where those do not have two labels, from the clips of the orthogonal task.
 */
async function probeTask(
  task: Task,
  job: TargetJob,
  loader: ClipLoader,
  { maps }: Evaluation,
  observed: Observed,
): Promise<TaskRecord['probe']> {
  const random = new Random(job.seed).fork('probe');
  const test = await loader.store.set(job.test);
  const labels = labelsOf(test, task.column);
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

/** Numbers as rows, all of a length. */
export function rowsOf(data: Float32Array, rows: number): Vectors {
  const columns = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns));
}
