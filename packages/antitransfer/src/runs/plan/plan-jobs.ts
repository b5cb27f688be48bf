import { effectiveFeatures } from '../../data/features/settings.js';
import { looksOfCorrection } from '../../learning/corrections/registry.js';
import { describeObjective, type ObjectiveSettings } from '../../learning/objectives/registry.js';
import { effectiveTraining, type TrainingSettings } from '../../learning/training/settings.js';
import { augmentationOf } from '../config/augmentation.js';
import type { MethodSettings } from '../config/method.js';
import { methodsOf } from '../config/methods.js';
import { orthogonalId } from '../config/names.js';
import type { Experiment } from '../config/schema.js';
import type { PreparedData, PreparedRepetition, PreparedTask } from '../data/prepare.js';
import {
  type AssessmentJob,
  type CorrectionJob,
  computedBy,
  type GivenJob,
  type Job,
  jobId,
  jobOf,
  type OrthogonalJob,
  type TargetJob,
} from '../store/job.js';
import type { Store } from '../store/store.js';
import type { CheckedMethods } from './check-methods.js';
import { type GivenModels, keepModels } from './given-models.js';
import { type DefaultTap, defaultTapOf, effectiveCorrection, type Looks, looksOf } from './looks.js';
import { effectiveNetwork } from './network.js';
import { type Cell, cellOf, type MethodCell, type Plan, type PlannedJob } from './plan.js';
import { fittingPatterns } from './weight-patterns.js';

/** What a plan looks at of the data. */
type PlannedData = Pick<PreparedData, 'classes' | 'repetitions'>;

/**
 * Plans an experiment whose data are prepared.
 *
 * @param checked what checking the methods has found
 * @throws UserError when a network that is given by file is not there.
 */
export async function planJobs(
  experiment: Experiment,
  data: PlannedData,
  store: Store,
  checked: CheckedMethods,
): Promise<Plan> {
  const planner = new Planner(experiment, data, await keepModels(experiment, store), checked);
  const methods = methodsOf(experiment);
  for (const index of data.repetitions.keys()) {
    planner.addTasks(index);
    for (const method of methods) planner.addMethod(method, index);
  }
  return planner.plan(methods);
}

class Planner {
  readonly #jobs = new Map<string, PlannedJob>();
  readonly #methods: MethodCell[] = [];
  readonly #tasks: Cell[] = [];
  readonly #tap: DefaultTap;

  constructor(
    readonly experiment: Experiment,
    readonly data: PlannedData,
    readonly given: GivenModels,
    readonly checked: CheckedMethods,
  ) {
    this.#tap = defaultTapOf(experiment, checked.network);
  }

  plan(methods: readonly MethodSettings[]): Plan {
    return {
      jobs: [...this.#jobs.values()],
      methods: methods.flatMap(({ id }) => this.#methods.filter(({ of }) => of === id)),
      tasks: this.#tasks,
      repetitions: this.data.repetitions.map(({ seed, fold }) => ({ seed, fold })),
    };
  }

  addTasks(repetition: number): void {
    const sides = this.#repetition(repetition);
    for (const task of sides.tasks) {
      const { name: of } = task.settings;
      const name = `${orthogonalId(of)}/${repetition + 1}`;
      this.#tasks.push({ name, of, repetition, job: this.#add(name, this.#orthogonalJob(sides, task), []) });
    }
  }

  #orthogonalJob(sides: PreparedRepetition, { settings, classes, train, validation }: PreparedTask): Job {
    const model = this.given.tasks.get(settings.name);
    const learned = {
      ...this.#seen(sides),
      column: settings.column,
      classes: [...classes],
      validation: validation.digest,
    };
    if (model !== undefined) return jobOf<GivenJob>({ kind: 'given', ...learned, model });
    return jobOf<OrthogonalJob>({
      kind: 'orthogonal',
      ...learned,
      ...this.#trained({ ...sides, seed: sides.seed + settings.seedOffset }),
      ...(settings.network !== null && {
        network: effectiveNetwork(settings.network, this.given.own.get(settings.name) ?? null),
      }),
      // Which weights are frozen or slowed is said of the target's network.
      training: effectiveTraining(
        {
          ...this.#anyTraining,
          freeze: [],
          rates: {},
          choose: choiceOfTask(this.experiment.training.choose),
          ...settings.training,
        },
        false,
      ),
      train: train.digest,
    });
  }

  addMethod(method: MethodSettings, repetition: number): void {
    const sides = this.#repetition(repetition);
    const name = `${method.id}/${repetition + 1}`;
    const training = this.#training(method, sides, repetition, name);
    const correction = this.#correction(method, sides, training, name);
    const assessment = this.#assessmentJob(training, correction, sides, repetition);
    const networks = assessment.tasks.map(({ network }) => network);
    this.#methods.push({
      name,
      of: method.id,
      repetition,
      job: training,
      ...(correction !== undefined && { correction }),
      assessment: this.#add(name, assessment, [correction ?? training, ...networks]),
    });
  }

  /** The job that trains a method's network: where it corrects another method's, that one's. */
  #training(method: MethodSettings, sides: PreparedRepetition, repetition: number, name: string): string {
    const corrected = method.correction?.method ?? null;
    if (corrected !== null) return cellOf(this.#methods, corrected, repetition).job;
    const start = this.#start(method, repetition);
    const augmentation = augmentationOf(method, this.experiment.training);
    const job = jobOf<TargetJob>({
      kind: 'target',
      ...this.#seen(sides),
      ...this.#trained(sides),
      training: effectiveTraining(
        {
          ...fittingPatterns(this.#anyTraining, this.checked.weights.get(method.id) ?? []),
          ...(method.startWeights && { startWeights: method.startWeights }),
        },
        method.objectives.some((settings) => describeObjective(settings).isPenalty),
        start.from !== 'random',
      ),
      column: this.experiment.target,
      classes: [...this.data.classes],
      train: sides.train.digest,
      validation: sides.validation.digest,
      start,
      ...this.#objectives(method, sides, repetition),
      ...(sides.choosing && {
        groups: { column: this.experiment.orthogonal[0].column, clips: sides.choosing.digest },
      }),
      ...(augmentation.length > 0 && { augmentation: [...augmentation] }),
      position: this.#tap.position,
    });
    const frozen = job.tasks.map(({ network }) => network).filter((id) => id !== null);
    return this.#add(name, job, [...frozen, ...(start.from === 'random' ? [] : [start.job])]);
  }

  /** The job that corrects a trained network; undefined where nothing does. */
  #correction(
    { id, correction }: MethodSettings,
    sides: PreparedRepetition,
    training: string,
    name: string,
  ): string | undefined {
    const validation = sides.corrected.get(id);
    if (correction === null || validation === undefined) return undefined;
    const { orthogonal } = looksOfCorrection(correction);
    const task = this.#taskOf(correction, sides);
    const clips = {
      none: undefined,
      validation: validation.digest,
      auxiliary: task.train.digest,
      training: sides.groups.get(task.settings.name)?.digest,
    }[orthogonal];
    const job = jobOf<CorrectionJob>({
      kind: 'correction',
      ...this.#computed,
      training,
      settings: effectiveCorrection(correction, this.#tap),
      validation: validation.digest,
      task: clips === undefined ? null : { column: task.settings.column, classes: [...task.classes], clips },
    });
    return this.#add(name, job, [training]);
  }

  #assessmentJob(
    training: string,
    correction: string | undefined,
    sides: PreparedRepetition,
    repetition: number,
  ): AssessmentJob {
    return jobOf<AssessmentJob>({
      kind: 'assessment',
      ...this.#computed,
      training,
      ...(correction !== undefined && { correction }),
      test: sides.test.digest,
      ...this.#tap,
      tasks: sides.tasks.map(({ settings, classes, probed: { train, validation } }) => ({
        column: settings.column,
        classes: [...classes],
        network: cellOf(this.#tasks, settings.name, repetition).job,
        train: train.digest,
        validation: validation.digest,
      })),
    });
  }

  /** The objectives of a method, and of the tasks what they look at, in the order in which they are looked at. */
  #objectives(
    { objectives: asked }: MethodSettings,
    sides: PreparedRepetition,
    repetition: number,
  ): Pick<TargetJob, 'objectives' | 'tasks'> {
    const seen = new Map<PreparedTask, Omit<Looks, 'settings'>>();
    const objectives = asked.map((one) => {
      const { settings, ...looks } = looksOf(one, this.checked.network, this.#tap);
      if (!looks.network && !looks.clips && !looks.groups) return { settings, task: null };
      const task = this.#taskOf(one, sides);
      const before = seen.get(task);
      seen.set(task, {
        network: looks.network || before?.network === true,
        clips: looks.clips || before?.clips === true,
        groups: looks.groups || before?.groups === true,
      });
      return { settings, task: [...seen.keys()].indexOf(task) };
    });
    const tasks = [...seen].map(([{ settings, classes, train }, looks]) => ({
      column: settings.column,
      classes: [...classes],
      network: looks.network ? cellOf(this.#tasks, settings.name, repetition).job : null,
      clips: looks.clips ? train.digest : null,
      groups: looks.groups ? (sides.groups.get(settings.name)?.digest ?? null) : null,
    }));
    return { objectives, tasks };
  }

  /** The task that an objective or a correction names, or the first. */
  #taskOf(
    { orthogonal }: Pick<ObjectiveSettings, 'orthogonal'>,
    { tasks }: PreparedRepetition,
  ): PreparedTask {
    const found = orthogonal === null ? tasks[0] : tasks.find(({ settings }) => settings.name === orthogonal);
    if (found === undefined) throw new RangeError(`There is no orthogonal task "${orthogonal}".`);
    return found;
  }

  #add(name: string, job: Job, after: readonly string[]): string {
    const id = jobId(job);
    if (!this.#jobs.has(id)) this.#jobs.set(id, { id, name, job, after: [...new Set(after)] });
    return id;
  }

  #start({ start }: MethodSettings, repetition: number): TargetJob['start'] {
    const { orthogonal } = this.experiment;
    const task =
      start === 'orthogonal' ? orthogonal[0] : orthogonal.find(({ name }) => start === `orthogonal:${name}`);
    if (start === 'random') return { from: 'random' };
    if (task !== undefined)
      return { from: 'orthogonal', job: cellOf(this.#tasks, task.name, repetition).job };
    return { from: 'target', job: cellOf(this.#methods, start, repetition).job };
  }

  /** How a network sees clips. */
  #seen({ standardisation }: PreparedRepetition) {
    return {
      ...this.#computed,
      features: effectiveFeatures(this.experiment.features),
      standardisation: standardisation.digest,
    };
  }

  /** What the trainings of both tasks have in common. */
  #trained({ seed }: PreparedRepetition) {
    return { seed, network: effectiveNetwork(this.experiment.network, this.given.network) };
  }

  get #computed() {
    const { device = 'cpu' } = this.experiment;
    if (device === 'auto')
      throw new RangeError('Which device that is must be known before jobs are planned.');
    return computedBy(device);
  }

  /** How any network is trained. */
  get #anyTraining(): TrainingSettings {
    const { augmentation: _, ...training } = this.experiment.training;
    return training;
  }

  #repetition(index: number): PreparedRepetition {
    const found = this.data.repetitions[index];
    if (found === undefined) throw new RangeError(`There is no repetition ${index}.`);
    return found;
  }
}

/** By what a network of an orthogonal task chooses its epoch: it has no groups. */
function choiceOfTask(choose: TrainingSettings['choose']): TrainingSettings['choose'] {
  return choose === 'validation-worst-group-accuracy' ? 'validation-loss' : choose;
}
