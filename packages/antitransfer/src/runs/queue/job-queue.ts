import type { FlowJob, Job, Queue } from 'bullmq';
import type { PlannedJob } from '../plan/plan.js';
import type { QueueAddress } from './address.js';
import { type ConnectionObserver, connect, type QueueConnection } from './connection.js';
import { codeOfJobs, type QueuedJob } from './queued-job.js';

/** So many jobs are asked for, or handed over, at once. */
const CHUNK = 200;

/** A job that failed is forgotten after so long, in seconds. */
const FAILED_SECONDS = 7 * 24 * 3600;

/** A job for the queue, and the lane in which it waits. */
export interface JobForQueue {
  readonly planned: PlannedJob;
  readonly lane: string;
  /** Those of its {@link PlannedJob.after} that are not done. */
  readonly waitsFor: readonly string[];
  /** Everything that it waits for, at whatever distance. */
  readonly needed: readonly string[];
}

/**
 * Jobs of a queue by their digests, in lanes. A job that waits for others is the parent of a flow, so that the queue
 * itself holds it back: its children are placeholders, one for each job that it waits for. (A flow is a tree, and one
 * training is waited for by many.) They stand in a lane of that job's, and nobody carries them out: when it is done, the lane
 * is emptied, and whoever waited for nothing else moves up.
 */
export class JobQueue {
  readonly #lanes = new Map<string, Queue>();

  private constructor(
    readonly address: QueueAddress,
    readonly connection: QueueConnection,
  ) {}

  /** @throws UserError when it cannot be reached */
  static async open(address: QueueAddress, observer: ConnectionObserver = {}): Promise<JobQueue> {
    return new JobQueue(address, await connect(address, observer));
  }

  /** What every object of the queue is made with. */
  get options() {
    const { redis } = this.connection;
    return {
      connection: redis,
      prefix: this.address.prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    } as const;
  }

  /** The lanes in which jobs have waited. */
  async lanes(): Promise<string[]> {
    return (await this.connection.redis.smembers(this.#laneSet)).sort();
  }

  get #laneSet(): string {
    return `${this.address.prefix}:lanes`;
  }

  lane(name: string): Queue {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const queue = new this.connection.bullmq.Queue(name, this.options);
    // The connection tells what goes wrong with it.
    queue.on('error', () => undefined);
    this.#lanes.set(name, queue);
    return queue;
  }

  /**
   * Queues what is not in the queue: a job that waits, or that somebody is at, stays as it is; one that has failed is tried
   * anew.
   */
  async add(jobs: readonly JobForQueue[], attempts: number): Promise<{ readonly added: number }> {
    const { bullmq, redis } = this.connection;
    const lanes = [...new Set(jobs.map(({ lane }) => lane))];
    if (lanes.length > 0) await redis.sadd(this.#laneSet, ...lanes);
    const code = await codeOfJobs();
    const flows = new bullmq.FlowProducer(this.options);
    flows.on('error', () => undefined);
    let added = 0;
    try {
      for (let begin = 0; begin < jobs.length; begin += CHUNK) {
        const chunk = jobs.slice(begin, begin + CHUNK);
        const missing = await Promise.all(chunk.map((job) => this.#isMissing(job)));
        const flowsOfChunk = chunk.filter((_, i) => missing[i]).map((job) => flowOf(job, { code, attempts }));
        if (flowsOfChunk.length > 0) await flows.addBulk(flowsOfChunk);
        added += flowsOfChunk.length;
      }
    } finally {
      await flows.close();
    }
    return { added };
  }

  async #isMissing({ planned: { id }, lane }: JobForQueue): Promise<boolean> {
    const state = await this.state(lane, id);
    if (state === 'failed' || state === 'completed') await this.remove(lane, id);
    return state === 'unknown' || state === 'failed' || state === 'completed';
  }

  /** Where a job is; `unknown` where it is not in the queue (any more). */
  state(lane: string, id: string) {
    return this.lane(lane).getJobState(id);
  }

  /** Why a job failed. */
  async failure(lane: string, id: string): Promise<string> {
    const job: Job | undefined = await this.lane(lane).getJob(id);
    return job?.failedReason ?? 'it failed';
  }

  /** Takes a job out, with its placeholders, unless somebody is at it. */
  async remove(lane: string, id: string): Promise<void> {
    await this.lane(lane).remove(id, { removeChildren: true });
  }

  /** Lets those move up that wait for a job that is done. */
  async release(id: string): Promise<void> {
    await this.#inLaneBehind(id, async (lane) => {
      if ((await lane.getWaitingCount()) === 0) return;
      await lane.drain();
      await lane.obliterate({ force: true });
    });
  }

  /** Leaves nothing of a lane in which nobody waits for a job any more: events and settings would stay. */
  async forget(id: string): Promise<void> {
    await this.#inLaneBehind(id, async (lane) => {
      if ((await lane.getWaitingCount()) === 0) await lane.obliterate({ force: true });
    });
  }

  async #inLaneBehind(id: string, work: (lane: Queue) => Promise<void>): Promise<void> {
    const lane = new this.connection.bullmq.Queue(waitingFor(id), this.options);
    lane.on('error', () => undefined);
    await work(lane).finally(() => lane.close());
  }

  /** Whether there is nothing in some lanes: nothing that waits, for whatever, and nothing that somebody is at. */
  async isEmpty(lanes: readonly string[]): Promise<boolean> {
    const counts = await Promise.all(lanes.map((lane) => this.lane(lane).getJobCounts(...pending)));
    return counts.every((count) => Object.values(count).every((jobs) => jobs === 0));
  }

  async close(): Promise<void> {
    // Of a connection that is away nobody waits for an answer.
    for (const queue of this.#lanes.values()) void queue.close().catch(() => undefined);
    await this.connection.close();
  }
}

const pending = ['wait', 'prioritized', 'delayed', 'active', 'waiting-children'] as const;

function waitingFor(id: string): string {
  return `after-${id}`;
}

function flowOf(
  { planned, lane, waitsFor, needed }: JobForQueue,
  { code, attempts }: { readonly code: string; readonly attempts: number },
): FlowJob {
  const { id, after } = planned;
  const data: QueuedJob = { code, name: callOf(planned), after: [...after], needed: [...needed], attempts };
  return {
    name: 'job',
    queueName: lane,
    data,
    opts: {
      jobId: id,
      // Workers count tries themselves: one that came further is no try.
      attempts: Number.MAX_SAFE_INTEGER,
      backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
      // The store knows what is done; a job that stayed here would keep the same job from being queued again.
      removeOnComplete: true,
      removeOnFail: { age: FAILED_SECONDS },
    },
    children: waitsFor.map((other) => ({
      name: 'after',
      queueName: waitingFor(other),
      opts: { jobId: id },
    })),
  };
}

/** What workers call a job: a training and its test share a name. */
function callOf({ name, job }: PlannedJob): string {
  if (job.kind === 'assessment') return `test of ${name}`;
  return job.kind === 'correction' ? `correction of ${name}` : name;
}
