import { isAbsolute, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { namesIn } from '../../files/folder-size.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';
import { ConfigError } from '../config/errors.js';
import { anchorPaths, type ConfigTree, readConfigFile, releasePaths, resolveConfig } from '../config/load.js';
import { type Config, type Experiment, experimentSchema } from '../config/schema.js';
import type { PreparedData } from '../data/prepare.js';
import type { Plan } from '../plan/plan.js';
import { isBucketUrl } from '../store/bucket/location.js';
import { type Holder, readHolder } from '../store/claim.js';
import { digest } from '../store/clip-set.js';
import { describeEnvironment } from '../store/environment.js';
import { paths } from './paths.js';
import { leftOut, settingsDifference } from './settings-difference.js';
import { writeTestClips } from './test-clips.js';

const cell = z.strictObject({
  name: z.string(),
  of: z.string(),
  repetition: z.int().nonnegative(),
  job: digest,
});

/** From the comparison's folder: another machine has other folders above it. */
const relativePath = z.string().refine((path) => !isAbsolute(path), 'a path from this folder');

const indexSchema = z.strictObject({
  version: z.literal(2),
  /** What was asked. In the file its paths are from this folder. */
  experiment: experimentSchema,
  /** Where the store is. */
  store: relativePath,
  repetitions: z.array(
    z.strictObject({
      seed: z.int(),
      fold: z.int().nullable(),
      /** The set of the test clips, and what they are called in the corpus, in its order. */
      test: digest,
      clips: z.array(z.string()),
    }),
  ),
  /** Labels of the target, in the order of the probabilities. */
  classes: z.array(z.string()),
  methods: z.array(cell.extend({ correction: digest.optional(), assessment: digest })),
  tasks: z.array(cell),
  /** Wall-clock seconds, all starts added. */
  seconds: z.number().nonnegative(),
});

/** What a comparison asked for, and which jobs of the store answer it. */
export type ComparisonIndex = z.infer<typeof indexSchema>;

/** Whether seeds (or folds) test other clips than one another: what is known of that before results are collected. */
export function testsDiffer(repetitions: ComparisonIndex['repetitions']): boolean {
  return new Set(repetitions.map(({ test }) => test)).size > 1;
}

/** The folder in which a comparison leaves its results. What they are made from is in the store. */
export class ComparisonFolder {
  constructor(readonly folder: string) {}

  /** `undefined` when the folder holds no comparison. */
  async index(): Promise<ComparisonIndex | undefined> {
    const index = await readJson(paths.index(this.folder), indexSchema);
    if (index === undefined) return undefined;
    return { ...index, experiment: experimentSchema.parse(anchorPaths(index.experiment, this.folder)) };
  }

  /** Which process is at it, from the first look at its folder to the report; `undefined` when none is. */
  holder(): Promise<Holder | undefined> {
    return readHolder(paths.claim(this.folder));
  }

  /** Where the store of an index is. */
  storeOf({ store }: ComparisonIndex): string {
    return isBucketUrl(store) ? store : resolve(this.folder, store);
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
    const path = isBucketUrl(store) ? store : relative(this.folder, store);
    if (isAbsolute(path)) {
      throw new UserError(
        `No path leads from "${this.folder}" to the store "${store}". Choose another --output or --store.`,
      );
    }
    const index: ComparisonIndex = {
      version: 2,
      // As it is read again: what was not given is not there.
      experiment: experimentSchema.parse(JSON.parse(JSON.stringify(config.experiment))),
      store: path,
      repetitions: data.repetitions.map(({ seed, fold, test }) => ({
        seed,
        fold: fold ?? null,
        test: test.digest,
        clips: test.clips.map(({ id }) => id),
      })),
      classes: [...data.classes],
      methods: [...plan.methods],
      tasks: [...plan.tasks],
      seconds: (await this.index().catch(absentIfDamaged))?.seconds ?? 0,
    };
    // An experiment on the demo corpus says nothing of where a machine keeps it.
    const corpus = config.experiment.data.path === null ? data.corpus : null;
    await writeTestClips(this.folder, corpus, data.repetitions);
    await this.write(index);
    await writeWhole(paths.config(this.folder), stringify(releasePaths(treeOf(config), this.folder)));
    const environment = `${JSON.stringify(await describeEnvironment(), null, 2)}\n`;
    await writeWhole(paths.environment(this.folder), environment);
    return index;
  }

  /** Writes the index, with paths from its folder. */
  write(index: ComparisonIndex): Promise<void> {
    const experiment = releasePaths(index.experiment, this.folder);
    return writeJson(paths.index(this.folder), { ...index, experiment });
  }
}

/** A configuration as it is left in the folder, with every default filled in. */
function treeOf({ experiment, execution }: Config): ConfigTree {
  return { ...experiment, execution };
}
