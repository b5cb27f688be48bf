import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd/random';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { withInput } from '../../learning/networks/input.js';
import type { Network } from '../../learning/networks/network.js';
import { loadNetwork, saveNetwork } from '../../learning/networks/store.js';
import type { JobSurroundings } from '../jobs/job-context.js';
import { networkOfJob } from '../plan/network.js';
import type { PlannedJob } from '../plan/plan.js';
import type { GivenJob, OrthogonalJob, TargetJob } from '../store/job.js';
import { JobFolder } from '../store/job-folder.js';
import { Store } from '../store/store.js';
import { trainOrthogonal } from './orthogonal.js';
import { trainTarget } from './target.js';

/** Fewer of steps that take long: the clock of one is enough then. */
const LONG_MS = 2000;

/** A training of either kind. */
export type Training = TargetJob | OrthogonalJob;

/** The network of a job with weights of chance: as large, and as slow, as the trained one. */
export function untrainedNetwork(job: Training | GivenJob, store: Store): Promise<Network> {
  const { frames, bins } = buildFrontEnd(job.features);
  const shape = [1, frames, bins] as const;
  const modelPath = (digest: string) => store.model(digest);
  if (job.kind === 'given') {
    const path = modelPath(job.model);
    return loadNetwork(path).then((network) => withInput(network, shape, path));
  }
  return networkOfJob(job.network, modelPath, shape, job.classes.length, new Random(0));
}

/**
 * Times the first steps of a training on this machine, as the training itself takes them, and leaves nothing of it. Networks
 * that it would wait for are stood in for by untrained ones.
 *
 * @param jobOf a planned job by its id: of those that the training waits for
 * @param steps that are timed, behind the first, which also compiles and reads
 * @returns milliseconds of a step: the fastest, as nothing but other work on the machine makes one slower
 * @throws the signal's reason when it aborts
 */
export async function timeSteps(
  job: Training,
  { store, ...surroundings }: JobSurroundings,
  jobOf: (id: string) => PlannedJob | undefined,
  signal: AbortSignal,
  steps = 5,
): Promise<number> {
  const aside = await mkdtemp(join(tmpdir(), 'antitransfer-timing-'));
  try {
    const rehearsal = new Rehearsal(store.folder, aside);
    if (job.kind === 'target') await standIn(job, rehearsal, jobOf);
    return await takeSteps(job, { ...surroundings, store: rehearsal }, signal, steps);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** A store whose jobs are elsewhere. */
class Rehearsal extends Store {
  constructor(
    folder: string,
    readonly aside: string,
  ) {
    super(folder);
  }

  override job(id: string): JobFolder {
    return new JobFolder(join(this.aside, id));
  }
}

async function standIn(
  { tasks }: TargetJob,
  rehearsal: Rehearsal,
  jobOf: (id: string) => PlannedJob | undefined,
): Promise<void> {
  for (const { network: id } of tasks) {
    const job = id === null ? undefined : jobOf(id)?.job;
    if (id === null || (job?.kind !== 'orthogonal' && job?.kind !== 'given')) continue;
    await saveNetwork(rehearsal.job(id).network, await untrainedNetwork(job, rehearsal));
  }
}

async function takeSteps(
  job: Training,
  surroundings: JobSurroundings,
  signal: AbortSignal,
  steps: number,
): Promise<number> {
  const times: number[] = [];
  const enough = new AbortController();
  const context = {
    ...surroundings,
    id: 'timing',
    folder: surroundings.store.job('timing'),
    signal: AbortSignal.any([signal, enough.signal]),
    tell: (event: { readonly kind: string; readonly milliseconds?: number }) => {
      if (event.kind !== 'batch' || event.milliseconds === undefined) return;
      times.push(event.milliseconds);
      if (times.length > steps || (times.length > 1 && event.milliseconds > LONG_MS)) enough.abort();
    },
  };
  const training =
    job.kind === 'target'
      ? trainTarget({ ...job, start: { from: 'random' } }, context)
      : trainOrthogonal(job, context);
  await training.catch((error: unknown) => {
    signal.throwIfAborted();
    // Weights of chance may diverge at once; a step takes as long.
    if (times.length === 0) throw error;
  });
  return Math.min(...(times.length > 1 ? times.slice(1) : times));
}
