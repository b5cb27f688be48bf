import { describeObjective, type ObjectiveSettings } from '../../learning/objectives/registry.js';
import type { MethodSettings } from '../config/method.js';
import { methodsOf } from '../config/methods.js';
import { orthogonalId } from '../config/names.js';
import type { Experiment } from '../config/schema.js';
import type { PreparedData, PreparedRepetition } from '../data/prepare.js';
import { type Job, jobId, orthogonalJobOf, type TargetJob, targetJobOf } from '../store/job.js';
import type { Store } from '../store/store.js';

/** A job, what people call it, and those that must be done before it. */
export interface PlannedJob {
  /** The digest of the job: where its result is. */
  readonly id: string;
  /** `cka-auxiliary/1`: the first cell that asks for it. */
  readonly name: string;
  readonly job: Job;
  readonly after: readonly string[];
}

/** One training as a comparison asks for it: a method, or an orthogonal task, in one repetition. */
export interface Cell {
  /** `cka-auxiliary/1`, `orthogonal-speaker/1`. */
  readonly name: string;
  /** The method's or the task's name. */
  readonly of: string;
  /** Index of the repetition. */
  readonly repetition: number;
  /** The digest of the job that answers it; cells of equal settings share one. */
  readonly job: string;
}

/** Everything that a comparison asks for. */
export interface Plan {
  /** In the order in which they are begun: the orthogonal networks, then the reference, so that one learns early. */
  readonly jobs: readonly PlannedJob[];
  readonly methods: readonly Cell[];
  readonly tasks: readonly Cell[];
}

/**
 * Plans an experiment whose data are prepared.
 *
 * @throws UserError when a network that is given by file is not there.
 */
export async function planJobs(experiment: Experiment, data: PreparedData, store: Store): Promise<Plan> {
  const planner = new Planner(experiment, data, await keepModels(experiment, store));
  for (const index of data.repetitions.keys()) planner.addTasks(index);
  for (const method of methodsOf(experiment)) {
    for (const index of data.repetitions.keys()) planner.addMethod(method, index);
  }
  return planner.plan();
}

/** Networks that a user gave: for both tasks to be trained, and by the orthogonal task's name. */
interface GivenModels {
  readonly network: string | null;
  readonly tasks: ReadonlyMap<string, string>;
}

async function keepModels({ network, orthogonal }: Experiment, store: Store): Promise<GivenModels> {
  const tasks = new Map<string, string>();
  for (const { name, model } of orthogonal) if (model !== null) tasks.set(name, await store.keepModel(model));
  return { network: network.model === null ? null : await store.keepModel(network.model), tasks };
}

class Planner {
  readonly #jobs = new Map<string, PlannedJob>();
  readonly #methods: Cell[] = [];
  readonly #tasks: Cell[] = [];

  constructor(
    readonly experiment: Experiment,
    readonly data: PreparedData,
    readonly given: GivenModels,
  ) {}

  plan(): Plan {
    return { jobs: [...this.#jobs.values()], methods: this.#methods, tasks: this.#tasks };
  }

  addTasks(repetition: number): void {
    const sides = this.#repetition(repetition);
    for (const { settings, classes, train, validation } of sides.tasks) {
      const job = orthogonalJobOf({
        ...this.#common(sides),
        training: { ...this.experiment.training, freeze: [], ...settings.training },
        column: settings.column,
        classes: [...classes],
        train: train.digest,
        validation: validation.digest,
        given: this.given.tasks.get(settings.name) ?? null,
      });
      const name = `${orthogonalId(settings.name)}/${repetition + 1}`;
      this.#tasks.push({ name, of: settings.name, repetition, job: this.#add(name, job, []) });
    }
  }

  addMethod(method: MethodSettings, repetition: number): void {
    const { target, tap, position, orthogonal } = this.experiment;
    const sides = this.#repetition(repetition);
    const tasks = sides.tasks.map(({ settings, classes, train, validation }) => ({
      name: settings.name,
      column: settings.column,
      classes: [...classes],
      job: cellOf(this.#tasks, settings.name, repetition).job,
      train: train.digest,
      validation: validation.digest,
    }));
    const start = this.#start(method, repetition);
    const objectives = method.objectives.map((settings) => withTask(settings, orthogonal[0].name));
    const groups = groupsOf(objectives, sides);
    const job = targetJobOf({
      ...this.#common(sides),
      column: target,
      classes: [...this.data.classes],
      train: sides.train.digest,
      validation: sides.validation.digest,
      test: sides.test.digest,
      tap,
      position,
      start,
      objectives,
      ...(groups && { groups }),
      tasks,
    });
    const name = `${method.id}/${repetition + 1}`;
    const after = [...tasks.map((task) => task.job), ...(start.from === 'target' ? [start.job] : [])];
    this.#methods.push({ name, of: method.id, repetition, job: this.#add(name, job, after) });
  }

  #add(name: string, job: Job, after: readonly string[]): string {
    const id = jobId(job);
    if (!this.#jobs.has(id)) this.#jobs.set(id, { id, name, job, after });
    return id;
  }

  #start({ start }: MethodSettings, repetition: number): TargetJob['start'] {
    const [first] = this.experiment.orthogonal;
    if (start === 'random') return { from: 'random' };
    if (start === 'orthogonal') return { from: 'orthogonal', task: first.name };
    const task = this.experiment.orthogonal.find(({ name }) => start === `orthogonal:${name}`);
    if (task !== undefined) return { from: 'orthogonal', task: task.name };
    return { from: 'target', job: cellOf(this.#methods, start, repetition).job };
  }

  /** What both kinds of trainings have in common. */
  #common({ seed, standardisation }: PreparedRepetition) {
    const { features, network, training } = this.experiment;
    const model = this.given.network;
    return {
      seed,
      features,
      network: { ...network, model },
      training,
      standardisation: standardisation.digest,
    };
  }

  #repetition(index: number): PreparedRepetition {
    const found = this.data.repetitions[index];
    if (found === undefined) throw new RangeError(`There is no repetition ${index}.`);
    return found;
  }
}

/** An objective as a job names it: with its task, in one form however it was written. */
function withTask<Settings extends ObjectiveSettings>({ kind, ...settings }: Settings, first: string) {
  const orthogonal = settings.orthogonal ?? first;
  return { ...settings, ...(kind !== 'similarity' && { kind }), orthogonal } as Settings;
}

/** The sets whose labels of the training clips objectives look at; absent where there are none, as a job's parts must be. */
function groupsOf(
  objectives: readonly ObjectiveSettings[],
  { groups }: PreparedRepetition,
): Record<string, string> | undefined {
  const asked = objectives.filter((settings) => describeObjective(settings).seesLabels);
  if (asked.length === 0) return undefined;
  return Object.fromEntries(
    asked.flatMap(({ orthogonal }) => {
      const set = groups.get(orthogonal ?? '');
      return orthogonal === null || set === undefined ? [] : [[orthogonal, set.digest]];
    }),
  );
}

/** The cell of a method or task in a repetition. */
function cellOf(cells: readonly Cell[], of: string, repetition: number): Cell {
  const found = cells.find((cell) => cell.of === of && cell.repetition === repetition);
  if (found === undefined) throw new RangeError(`Nothing is planned for ${of} in repetition ${repetition}.`);
  return found;
}
