import { Random } from 'onnx-autograd/random';
import { probeUntilStopped } from '../../analysis/probe.js';
import type { Dataset } from '../../learning/training/dataset.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { type Observed, observeMaps } from '../../learning/training/observe.js';
import { entryOf, itemAt } from '../../lookup.js';
import { rowsOf } from '../../numbers/rows-of.js';
import { type ClipLoader, labelsOf } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { meanOfWindows, rowsOfClips } from '../store/average-by-clip.js';
import type { ClipSet } from '../store/clip-set.js';
import type { AssessmentJob, TargetJob } from '../store/job.js';
import type { TaskRecord } from '../store/records.js';

/** Who is told how far a probe is, and says when to stop. */
type ProbeContext = Pick<JobContext, 'signal' | 'tell'>;

/** A clip's representation at the tap, with what a probe is to read from it. */
export interface Probed {
  readonly vector: ArrayLike<number>;
  readonly label: string;
  /** The target's label, where the clip has one. */
  readonly target: string | undefined;
  /** Clips of one recording are never on two sides of a probe. */
  readonly recording: string;
}

/** Where clips are, and what of them a probe reads. */
interface ProbedTask {
  readonly task: AssessmentJob['tasks'][number];
  /** The test clips. */
  readonly test: string;
  /** The label column of the target. */
  readonly target: string;
}

/** How well a task's label can still be read at the tap, by probes that heard neither the clip nor another one of its recording. */
export async function probeTask(
  task: AssessmentJob['tasks'][number],
  job: AssessmentJob,
  { seed, column }: TargetJob,
  loader: ClipLoader,
  { maps }: Evaluation,
  observed: Observed,
  context: ProbeContext,
): Promise<TaskRecord['probe']> {
  const observe = (datasets: readonly Dataset[]) => observeMaps(observed, datasets);
  const probed = await probedClips({ task, test: job.test, target: column }, loader, maps, observe);
  return probeOf(probed, new Random(seed).fork('probe'), context);
}

/**
 * The clips from which a task's label is read, whole recordings held out: the test clips, or, where those do not have two
 * labels in two recordings each, the clips of the orthogonal task. The windows of a clip are one vector, their mean. Where a
 * label and a recording are one and the same there, they cannot be told apart, and single clips are held out.
 *
 * @param maps of the test clips: `clips x channels`
 * @param observe the same of other clips
 */
export async function probedClips(
  { task, test: testSet, target }: ProbedTask,
  loader: ClipLoader,
  maps: Float32Array,
  observe: (datasets: readonly Dataset[]) => Promise<Float32Array[]>,
): Promise<readonly Probed[]> {
  const columns = { label: task.column, target };
  const test = readable(probedOf(await loader.store.set(testSet), columns, maps));
  if (test !== undefined) return test;
  const sides = [task.train, task.validation];
  const datasets = await Promise.all(sides.map((side) => loader.load(side, task.column, task.classes)));
  const others = await observe(datasets);
  const sets = await Promise.all(sides.map((side) => loader.store.set(side)));
  const all = sets.flatMap((set, side) =>
    probedOf(set, columns, others[side] ?? new Float32Array(), `${side}:`),
  );
  return readable(all) ?? all.map((one, index) => ({ ...one, recording: String(index) }));
}

/**
 * The clips that have a label, each once: windows are averaged.
 *
 * @param maps `clips x channels`
 * @param of tells recordings of this set from those of another
 */
function probedOf(
  set: ClipSet,
  columns: { readonly label: string; readonly target: string },
  maps: Float32Array,
  of = '',
): Probed[] {
  const labels = labelsOf(set, columns.label);
  const targets = labelsOf(set, columns.target);
  const clips = rowsOfClips(set);
  const vectors = meanOfWindows(rowsOf(maps, labels.length), clips);
  return clips.flatMap(([row = 0], clip) => {
    const label = labels[row];
    const { recording = row } = itemAt(set.clips, row);
    return label === undefined
      ? []
      : [{ label, target: targets[row], vector: itemAt(vectors, clip), recording: `${of}${recording}` }];
  });
}

/**
 * The clips from which labels can be read with whole recordings held out; undefined where those are not two labels in two
 * recordings each. Where clips share recordings, without the labels of one: a probe that does not hear it cannot know them.
 */
function readable(all: readonly Probed[]): readonly Probed[] | undefined {
  const recordings = new Map<string, Set<string>>();
  for (const { label, recording } of all)
    recordings.set(label, (recordings.get(label) ?? new Set()).add(recording));
  const isKnown = ({ label }: Probed) => entryOf(recordings, label).size > 1;
  if ([...recordings.values()].filter(({ size }) => size > 1).length < 2) return undefined;
  const areShared = new Set(all.map(({ recording }) => recording)).size < all.length;
  return areShared ? all.filter(isKnown) : all;
}

function probeOf(
  all: readonly Probed[],
  random: Random,
  { signal, tell }: ProbeContext,
): Promise<TaskRecord['probe']> {
  return probeUntilStopped(
    all.map(({ vector }) => vector),
    all.map(({ label }) => label),
    {
      random,
      groups: all.map(({ recording }) => recording),
      signal,
      onProgress: (progress) => tell({ kind: 'probing', ...progress }),
    },
  );
}
