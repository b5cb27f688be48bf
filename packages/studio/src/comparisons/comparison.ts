import { type ComparisonResults, readResults } from 'antitransfer/answers';
import {
  ComparisonFolder,
  type ComparisonIndex,
  type JobFolder,
  type JobState,
  networkJobOf,
  paths,
  type Store,
  type StoredEvent,
  storeAt,
} from 'antitransfer/runs';
import { EventTail } from './event-tail.js';
import { KeptFile } from './kept-file.js';

/** A job of a comparison, and what it is for. */
export interface ComparisonJob {
  /** The digest of the job. */
  readonly id: string;
  /** `cka-auxiliary/1`, `test of cka-auxiliary/1`. */
  readonly name: string;
  readonly kind: 'orthogonal' | 'training' | 'correction' | 'test';
  /** The method's id, or the task's name. */
  readonly of: string;
  /** Index of its seed and fold. */
  readonly repetition: number;
}

/** What the studio reads of one comparison: its folder, and what its store has of it. Nothing is written. */
export class Comparison {
  readonly #index: KeptFile<ComparisonIndex | undefined>;
  readonly #results: KeptFile<ComparisonResults>;
  readonly #tails = new Map<string, EventTail>();
  readonly #states = new Map<string, { readonly state: JobState; readonly at: number }>();

  constructor(
    readonly id: string,
    readonly folder: string,
    readonly cache: string,
  ) {
    const comparison = new ComparisonFolder(folder);
    this.#index = new KeptFile(paths.index(folder), () => comparison.index());
    this.#results = new KeptFile(paths.results(folder), () => readResults(folder));
  }

  /** What was asked. @throws DamagedFileError, or an Error where it has gone meanwhile */
  async index(): Promise<ComparisonIndex> {
    const index = await this.#index.content();
    if (index === undefined) throw new Error(`"${this.folder}" holds no comparison any more.`);
    return index;
  }

  /** What was measured; `undefined` as long as no repetition is complete. */
  results(): Promise<ComparisonResults | undefined> {
    return this.#results.content();
  }

  async store(): Promise<Store> {
    const index = await this.index();
    return storeAt(new ComparisonFolder(this.folder).storeOf(index), this.cache);
  }

  /** Each job once, in the order of the methods; those that cells share are named by the first. */
  async jobs(): Promise<readonly ComparisonJob[]> {
    const { tasks, methods } = await this.index();
    const all: ComparisonJob[] = [
      ...tasks.map(({ name, of, repetition, job }) => ({
        id: job,
        name,
        kind: 'orthogonal' as const,
        of,
        repetition,
      })),
      ...methods.flatMap((cell) => {
        const { name, of, repetition, job, correction, assessment } = cell;
        return [
          { id: job, name, kind: 'training' as const, of, repetition },
          ...(correction === undefined
            ? []
            : [
                {
                  id: networkJobOf(cell),
                  name: `correction of ${name}`,
                  kind: 'correction' as const,
                  of,
                  repetition,
                },
              ]),
          { id: assessment, name: `test of ${name}`, kind: 'test' as const, of, repetition },
        ];
      }),
    ];
    return [...new Map(all.toReversed().map((job) => [job.id, job])).values()].toReversed();
  }

  async jobFolder(id: string): Promise<JobFolder> {
    return (await this.store()).job(id);
  }

  /** How far a job is. What is done stays done as long as the studio runs. */
  state(id: string): Promise<JobState> {
    return this.stateLately(id, 0);
  }

  /** The same as it was at most so many milliseconds ago. */
  async stateLately(id: string, milliseconds: number): Promise<JobState> {
    const known = this.#states.get(id);
    if (known?.state.state === 'done') return known.state;
    if (known !== undefined && performance.now() - known.at < milliseconds) return known.state;
    const state = await (await this.jobFolder(id)).state();
    this.#states.set(id, { state, at: performance.now() });
    return state;
  }

  async events(id: string): Promise<readonly StoredEvent[]> {
    const { eventFile } = await this.jobFolder(id);
    const tail = this.#tails.get(id) ?? new EventTail(eventFile);
    this.#tails.set(id, tail);
    return tail.events();
  }
}
