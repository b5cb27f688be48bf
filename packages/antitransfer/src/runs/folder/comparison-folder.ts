import { relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { namesIn } from '../../files/folder-size.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { ConfigError } from '../config/errors.js';
import { type ConfigTree, readConfigFile, resolveConfig } from '../config/load.js';
import type { Config, Experiment } from '../config/schema.js';
import type { PreparedData } from '../data/prepare.js';
import type { Plan } from '../plan/plan.js';
import { digest } from '../store/clip-set.js';
import { describeEnvironment } from '../store/environment.js';
import { paths } from './paths.js';
import { leftOut, settingsDifference } from './settings-difference.js';

const cell = z.strictObject({
  name: z.string(),
  of: z.string(),
  repetition: z.int().nonnegative(),
  job: digest,
});

const indexSchema = z.strictObject({
  version: z.literal(1),
  /** Of what was asked: to be told apart from another experiment. */
  experiment: z.record(z.string(), z.unknown()),
  /** Where the store is, from this folder. */
  store: z.string(),
  repetitions: z.array(z.strictObject({ seed: z.int(), fold: z.int().nullable(), test: digest })),
  /** Labels of the target, in the order of the probabilities. */
  classes: z.array(z.string()),
  methods: z.array(cell),
  tasks: z.array(cell),
  /** Wall-clock seconds, all starts added. */
  seconds: z.number().nonnegative(),
});

/** What a comparison asked for, and which jobs of the store answer it. */
export type ComparisonIndex = z.infer<typeof indexSchema>;

/** The folder in which a comparison leaves its results. What they are made from is in the store. */
export class ComparisonFolder {
  constructor(readonly folder: string) {}

  /** `undefined` when the folder holds no comparison. */
  index(): Promise<ComparisonIndex | undefined> {
    return readJson(paths.index(this.folder), indexSchema);
  }

  /** Where the store of an index is. */
  storeOf({ store }: ComparisonIndex): string {
    return resolve(this.folder, store);
  }

  /**
   * Makes sure that the folder is free, or holds the same experiment.
   *
   * @throws UserError that says which settings differ, or that somebody's own files are there.
   */
  async requireFree(experiment: Experiment): Promise<void> {
    const index = await this.index().catch(absentIfDamaged);
    // An index that is gone or damaged is made anew, where it was this experiment's.
    const there = index?.experiment ?? (await this.#writtenExperiment());
    if (there === undefined) return;
    const differences = [
      ...settingsDifference(there, experiment),
      ...((await this.#hasAnswers()) ? leftOut(there, experiment) : []),
    ];
    if (differences.length === 0) return;
    throw new UserError(
      `"${this.folder}" holds a comparison with other settings:\n${differences.map((line) => `  ${line}`).join('\n')}\n` +
        'Choose another folder with --output. What both have in common is not trained twice.',
    );
  }

  /**
   * The experiment of the folder's configuration; `undefined` when there is none.
   *
   * @throws UserError when somebody wrote it: it would be overwritten.
   */
  async #writtenExperiment(): Promise<Experiment | undefined> {
    const path = paths.config(this.folder);
    if ((await readWhole(path)) === undefined) return undefined;
    try {
      const tree = await readConfigFile(path);
      const config = resolveConfig(tree, path);
      // Every default is filled in only where we wrote it.
      if (canonicalJson(tree) === canonicalJson(treeOf(config))) return config.experiment;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
    }
    throw new UserError(
      `"${path}" is there and of no comparison: it would be overwritten. Choose another folder with --output.`,
    );
  }

  /** Whether there is something to be lost: a comparison that came to no end may go on without a method. */
  async #hasAnswers(): Promise<boolean> {
    if ((await readWhole(paths.results(this.folder))) !== undefined) return true;
    return (await namesIn(paths.models(this.folder))).length > 0;
  }

  /** Writes what is asked, before anything is trained. */
  async begin(config: Config, data: PreparedData, plan: Plan, store: string): Promise<ComparisonIndex> {
    const index: ComparisonIndex = {
      version: 1,
      experiment: JSON.parse(JSON.stringify(config.experiment)),
      store: relative(this.folder, store),
      repetitions: data.repetitions.map(({ seed, fold, test }) => ({
        seed,
        fold: fold ?? null,
        test: test.digest,
      })),
      classes: [...data.classes],
      methods: [...plan.methods],
      tasks: [...plan.tasks],
      seconds: (await this.index().catch(absentIfDamaged))?.seconds ?? 0,
    };
    await this.write(index);
    await writeWhole(paths.config(this.folder), stringify(treeOf(config)));
    const environment = `${JSON.stringify(await describeEnvironment(), null, 2)}\n`;
    await writeWhole(paths.environment(this.folder), environment);
    return index;
  }

  write(index: ComparisonIndex): Promise<void> {
    return writeJson(paths.index(this.folder), index);
  }
}

/** A configuration as it is left in the folder, with every default filled in. */
function treeOf({ experiment, execution }: Config): ConfigTree {
  return { ...experiment, execution };
}
