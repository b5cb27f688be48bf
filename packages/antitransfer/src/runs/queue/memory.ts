import { sizeAt } from 'onnx-autograd';
import { canonicalJson } from '../../files/canonical-json.js';
import type { Network } from '../../learning/networks/network.js';
import { sum } from '../../numbers/mean.js';
import type { PlannedJob } from '../plan/plan.js';
import type { Job } from '../store/job.js';
import type { Store } from '../store/store.js';
import { type Training, untrainedNetwork } from '../trainings/rehearse.js';

/** A process with compiled programs, before its first step. */
const PROCESS_MIB = 200;
/** What a step holds, by the feature maps of a batch: those of VGG16 were measured as 1.3 to 2.4 (docs/performance.md). */
const HELD = 2.5;
/** Weights, their gradients, Adam's two moments, and the weights of the best epoch. */
const COPIES_OF_WEIGHTS = 5;
/** A job that trains nothing looks at so many clips at once. */
const LOOKED_AT = 32;

const MIB = 2 ** 20;

/** Tells about how much memory jobs take at most, without what a machine keeps of frozen networks' answers. */
export class MemoryOfJobs {
  readonly #sizes = new Map<string, { readonly weights: number; readonly maps: number }>();
  readonly #byId: ReadonlyMap<string, Job>;

  constructor(
    readonly store: Store,
    jobs: readonly PlannedJob[],
  ) {
    this.#byId = new Map(jobs.map(({ id, job }) => [id, job]));
  }

  /** In MiB. */
  async of(job: Job): Promise<number> {
    const training = this.#trainingOf(job);
    if (training === undefined) return PROCESS_MIB;
    const { weights, maps } = await this.#size(training);
    const batch = job === training ? training.training.batch : LOOKED_AT;
    // The frozen networks of objectives stand beside the one that is trained: they hold one map at a time.
    const networks =
      job.kind === 'target' ? 1 + job.tasks.filter(({ network }) => network !== null).length : 1;
    return PROCESS_MIB + (HELD * maps * batch + (COPIES_OF_WEIGHTS + networks - 1) * weights) / MIB;
  }

  /** The training whose network a job trains, or looks at. */
  #trainingOf(job: Job): Training | undefined {
    if (job.kind === 'target' || job.kind === 'orthogonal') return job;
    if (job.kind === 'given') return undefined;
    const training = this.#byId.get(job.training);
    return training?.kind === 'target' ? training : undefined;
  }

  async #size(training: Training) {
    const key = canonicalJson([training.network, training.features, training.classes.length]);
    const known = this.#sizes.get(key) ?? sizeOf(await untrainedNetwork(training, this.store));
    this.#sizes.set(key, known);
    return known;
  }
}

/** Bytes of a network's weights, and of its feature maps for one clip. */
function sizeOf({ graph, taps }: Network) {
  const weights = graph.initializers.map(({ data }) => data?.data.byteLength ?? 0);
  const maps = [...taps.values()].map(
    ({ after }) => 4 * sizeAt(after, 1) * sizeAt(after, 2) * sizeAt(after, 3),
  );
  return { weights: sum(weights), maps: sum(maps) };
}
