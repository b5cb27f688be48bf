import type { JobFolder, JobState } from 'antitransfer/runs';
import { keyOf } from './kept-file.js';

interface Known {
  readonly state: JobState;
  /** That it took; absent of what is not done. */
  readonly seconds?: number;
  readonly at: number;
  /** Of the files that tell the state of a job at which nobody is. */
  readonly files?: string;
}

/** How far jobs are. What is done stays done as long as the studio runs; of the others as little is read as tells it. */
export class JobStates {
  readonly #known = new Map<string, Known>();

  /** The state as it was at most so many milliseconds ago, where that is known. */
  known(id: string, milliseconds: number): JobState | undefined {
    const known = this.#known.get(id);
    if (known === undefined) return undefined;
    const isRecent = known.state.state === 'done' || performance.now() - known.at < milliseconds;
    return isRecent ? known.state : undefined;
  }

  /** The state as it is now. */
  async look(folder: JobFolder): Promise<JobState> {
    const at = performance.now();
    const look = { ...(await this.#look(folder, this.#known.get(folder.id))), at };
    this.#known.set(folder.id, look);
    return look.state;
  }

  /** How long a job took that is done; `undefined` where that is not known. */
  seconds(id: string): number | undefined {
    return this.#known.get(id)?.seconds;
  }

  async #look(folder: JobFolder, known: Known | undefined): Promise<Omit<Known, 'at'>> {
    const ended = folder.ended();
    if (ended !== undefined && ended.kind !== 'diverged')
      return { state: { state: 'done' }, seconds: ended.seconds };
    // Nobody was at it, and nobody has touched it since. A claim, also one that a dead process left, is looked at again.
    if (!folder.isLocal) return { state: await folder.state() };
    const files = (await Promise.all([folder.resultFile, folder.eventFile, folder.claim].map(keyOf))).join();
    if (known?.files === files) return known;
    const state = await folder.state();
    const isClaimed = (await keyOf(folder.claim)) !== undefined;
    return { state, ...(!isClaimed && state.state !== 'running' && { files }) };
  }
}
