import { stat } from 'node:fs/promises';
import {
  type ComparisonResults,
  type EpochMetrics,
  type LayerResults,
  readLayerResults,
  readResults,
  readResultsSoFar,
  reportedVerdict,
  type TapMap,
  type TapMapChoice,
} from 'antitransfer/answers';
import {
  ComparisonFolder,
  type ComparisonIndex,
  type IndexOutline,
  type JobFolder,
  type JobState,
  networkJobOf,
  paths,
  type RepetitionKey,
  readOutline,
  type Store,
  type StoredEvent,
  storeAt,
} from 'antitransfer/runs';
import { NotFound } from '../not-found.js';
import type { AnswerView } from '../views/answer.js';
import { answerOf } from './answer-of.js';
import { type ComparisonJob, jobsOf } from './comparison-job.js';
import { EventTail } from './event-tail.js';
import { JobStates } from './job-states.js';
import { KeptFile, keyOf } from './kept-file.js';
import { TapMaps } from './tap-maps.js';
import { TestedClips } from './tested-clips.js';

/** Whoever copies a folder writes its files in some order, in so many milliseconds. */
const COPIED = 10_000;

/** What others tell in a bucket is looked at this often, in milliseconds. */
const FROM_BUCKET = 5000;

/** What the studio reads of one comparison: its folder, and what its store has of it. Nothing is written. */
export class Comparison {
  /** What its networks were tested with. */
  readonly clips: TestedClips;
  readonly #index: KeptFile<ComparisonIndex | undefined>;
  readonly #outline: KeptFile<IndexOutline | undefined>;
  readonly #results: KeptFile<ComparisonResults>;
  readonly #soFar: KeptFile<ComparisonResults | undefined>;
  readonly #layers: KeptFile<LayerResults>;
  readonly #verdict: KeptFile<string | undefined>;
  readonly #tails = new Map<string, EventTail>();
  readonly #brought = new Map<string, number>();
  #states = new JobStates();
  readonly #maps: TapMaps;
  #held: { readonly isHeld: boolean; readonly at: number } | undefined;
  #jobs:
    | { readonly outline: IndexOutline; readonly jobs: readonly ComparisonJob[]; readonly store: Store }
    | undefined;
  #answer: { readonly results: ComparisonResults; readonly view: AnswerView } | undefined;

  constructor(
    readonly id: string,
    readonly folder: string,
    readonly cache: string,
  ) {
    const comparison = new ComparisonFolder(folder);
    this.clips = new TestedClips(folder, cache);
    this.#index = new KeptFile(paths.index(folder), () => comparison.index());
    this.#outline = new KeptFile(paths.index(folder), () => readOutline(folder));
    this.#results = new KeptFile(paths.results(folder), () => readResults(folder));
    this.#soFar = new KeptFile(paths.resultsSoFar(folder), () => readResultsSoFar(folder));
    this.#layers = new KeptFile(paths.analysis(folder), () => readLayerResults(folder));
    this.#maps = new TapMaps(folder, cache);
    this.#verdict = new KeptFile(paths.report(folder), async () =>
      reportedVerdict(folder, (await this.outline()).name),
    );
  }

  /** What was asked. @throws DamagedFileError, or NotFound where it has gone meanwhile */
  async index(): Promise<ComparisonIndex> {
    return this.#there(await this.#index.content());
  }

  /** The name and the jobs alone, which are there at once. @throws as {@link index} */
  async outline(): Promise<IndexOutline> {
    return this.#there(await this.#outline.content());
  }

  /** What was measured last: of the seeds and folds that are complete while others are not; `undefined` as long as none is. */
  async results(): Promise<ComparisonResults | undefined> {
    const [last, soFar] = await Promise.all([this.#results.content(), this.#soFar.content()]);
    // More may have been asked for in a folder whose comparison was complete.
    const isNewer = soFar !== undefined && (last === undefined || soFar.createdAt > last.createdAt);
    return isNewer ? soFar : last;
  }

  /** What every layer was found to know; `undefined` where nobody has looked. */
  layers(): Promise<LayerResults | undefined> {
    return this.#layers.content();
  }

  /** The tap that its tests look at; `undefined` where the store is not there to tell. */
  async trainedTap(): Promise<string | undefined> {
    const [cell] = (await this.index()).methods;
    const job = cell && (await (await this.jobFolder(cell.assessment)).job());
    return job?.kind === 'assessment' ? job.tap : undefined;
  }

  /** The test clips of a network at a tap on a plane. @throws UserError where there is no such network or tap */
  async tapMap(choice: TapMapChoice): Promise<TapMap> {
    const { methods, repetitions } = await this.index();
    const cell = methods.find(({ of, repetition }) => {
      const key = repetitions[repetition];
      return of === choice.method && key?.seed === choice.seed && (key?.fold ?? undefined) === choice.fold;
    });
    return this.#maps.of(cell === undefined ? '' : networkJobOf(cell), choice);
  }

  /** What follows from what was measured. */
  async answer(): Promise<AnswerView | undefined> {
    const results = await this.results();
    return results && this.answerTo(results);
  }

  /** The same of results that are known. */
  answerTo(results: ComparisonResults): AnswerView {
    if (this.#answer?.results !== results) this.#answer = { results, view: answerOf(results) };
    return this.#answer.view;
  }

  /** The verdict as the report has it, which is there at once; `undefined` as long as there is none. */
  async verdict(): Promise<string | undefined> {
    // A folder that was copied without its report still has its results.
    return (await this.#verdict.content()) ?? (await this.answer())?.verdict.sentence;
  }

  async store(): Promise<Store> {
    return (await this.#known()).store;
  }

  async jobs(): Promise<readonly ComparisonJob[]> {
    return (await this.#known()).jobs;
  }

  async jobFolder(id: string): Promise<JobFolder> {
    return (await this.store()).job(id);
  }

  /** Whether a process is at the comparison, be it at a job of it or at others before; as it was at most so many milliseconds ago. */
  async isHeld(milliseconds: number): Promise<boolean> {
    const now = performance.now();
    if (this.#held === undefined || now - this.#held.at >= milliseconds)
      this.#held = {
        isHeld: (await new ComparisonFolder(this.folder).holder()) !== undefined,
        at: now,
      };
    return this.#held.isHeld;
  }

  /** Whether it has come to its end, as its folder alone tells: its results were left after it was asked for, and nobody is at it. */
  async isAnswered(): Promise<boolean> {
    const times = [paths.index, paths.results].map(async (path) => (await stat(path(this.folder))).mtimeMs);
    const [asked, left] = await Promise.all(times).catch(() => []);
    if (asked === undefined || left === undefined || left < asked - COPIED) return false;
    return !(await this.isHeld(0));
  }

  /** How far a job is. What is done stays done as long as the studio runs. */
  state(id: string): Promise<JobState> {
    return this.stateLately(id, 0);
  }

  /** The same as it was at most so many milliseconds ago. */
  async stateLately(id: string, milliseconds: number): Promise<JobState> {
    return this.#states.known(id, milliseconds) ?? this.#states.look(await this.jobFolder(id));
  }

  /** How long a job took of which it was seen that it is done. */
  secondsOf(id: string): number | undefined {
    return this.#states.seconds(id);
  }

  /** What has happened to a job. Of steps in a row the last counts. */
  async events(id: string): Promise<readonly StoredEvent[]> {
    const folder = await this.jobFolder(id);
    await this.#bringEvents(folder);
    const tail = this.#tails.get(id) ?? new EventTail(folder.eventFile);
    this.#tails.set(id, tail);
    return tail.events();
  }

  /**
   * What a training measured after each epoch so far. One that was killed repeats what it did after its last checkpoint: what was told
   * last holds. Where the store was cleared, or a process was killed between its checkpoint and telling of it, the results tell it.
   */
  async epochs(job: string, of: RepetitionKey & { readonly method: string }): Promise<EpochMetrics[]> {
    const epochs = new Map<number, EpochMetrics>();
    for (const { event } of await this.events(job))
      if (event.kind === 'epoch') epochs.set(event.metrics.epoch, event.metrics);
    if (epochs.size === 0 || Math.max(...epochs.keys()) > epochs.size) {
      const results = await this.results();
      const run = results?.runs.find(
        ({ method, seed, fold }) => method === of.method && seed === of.seed && fold === of.fold,
      );
      for (const metrics of run?.epochs ?? [])
        if (!epochs.has(metrics.epoch)) epochs.set(metrics.epoch, metrics);
    }
    return [...epochs.values()].sort((a, b) => a.epoch - b.epoch);
  }

  /** Ends what is under way, and closes files. */
  async close(): Promise<void> {
    this.#maps.close();
    await this.clips.close();
  }

  /** Changes when anything does that pages show; states of jobs as they were at most so many milliseconds ago. */
  async fingerprint(milliseconds: number): Promise<string> {
    const { folder } = this;
    const files = [paths.index, paths.results, paths.resultsSoFar, paths.report, paths.analysis].map((path) =>
      path(folder),
    );
    const jobs = (await this.jobs()).map(async ({ id }) => {
      const { state } = await this.stateLately(id, milliseconds);
      if (state === 'done') return '';
      const job = await this.jobFolder(id);
      await this.#bringEvents(job);
      return `${state} ${await keyOf(job.eventFile)}`;
    });
    const told = (await Promise.all(jobs)).filter(Boolean);
    // Of what is all done nobody asks who is at it.
    const held = told.length > 0 ? [String(await this.isHeld(milliseconds))] : [];
    return [...(await Promise.all(files.map(keyOf))), ...told, ...held].join(' ');
  }

  async #known() {
    const outline = await this.outline();
    if (this.#jobs?.outline !== outline) {
      this.#jobs = { outline, jobs: jobsOf(outline), store: storeAt(outline.store, this.cache) };
      // It was begun anew: its store may have been cleared before.
      this.#states = new JobStates();
    }
    return this.#jobs;
  }

  /** A bucket is asked now and then only: it is far away. */
  async #bringEvents(job: JobFolder): Promise<void> {
    const now = performance.now();
    if (job.isLocal || now - (this.#brought.get(job.id) ?? Number.NEGATIVE_INFINITY) < FROM_BUCKET) return;
    this.#brought.set(job.id, now);
    await job.bringEvents();
  }

  #there<Content>(content: Content | undefined): Content {
    if (content === undefined) {
      throw new NotFound(
        `The comparison "${this.id}" is gone: its folder is there, and no comparison.json in it any more.`,
      );
    }
    return content;
  }
}
