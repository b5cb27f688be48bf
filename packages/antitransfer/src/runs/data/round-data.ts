import type { Config } from '../config/schema.js';
import { measureStandardisation, type Standardisation, standardise } from '../../data/features/standardise.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { places } from '../store/paths.js';
import { loadPrepared, type Prepared, type Round, readDataset } from './prepared.js';

/** Reads the data of one round, standardised by the target's training clips. */
export class RoundData {
  private constructor(
    readonly prepared: Prepared,
    readonly round: Round,
    readonly standardisation: Standardisation,
    readonly config: Config,
    readonly folder: string,
  ) {}

  static async open(folder: string, config: Config, number: number): Promise<RoundData> {
    const data = places.data(folder);
    const prepared = await loadPrepared(data);
    const round = prepared?.rounds[number];
    if (prepared === undefined || round === undefined)
      throw new Error(`There is no prepared data in ${data}.`);
    const train = await readDataset(data, prepared, round.train, config.target, prepared.targetClasses);
    const all = round.train.map((_, row) => row);
    const set = { shape: prepared.shape as [1, number, number], data: train.features };
    const standardisation = measureStandardisation(set, all, config.features.standardise);
    return new RoundData(prepared, round, standardisation, config, data);
  }

  /** Clips labelled by the target. */
  target(clips: readonly number[]): Promise<Dataset> {
    return this.#read(clips, this.config.target, this.prepared.targetClasses);
  }

  /** Clips labelled by an orthogonal task. */
  orthogonal(task: number, clips: readonly number[]): Promise<Dataset> {
    const { classes } = this.round.orthogonal[task] as Round['orthogonal'][number];
    return this.#read(clips, this.config.orthogonal[task]?.column as string, classes);
  }

  async #read(clips: readonly number[], column: string, classes: readonly string[]): Promise<Dataset> {
    const dataset = await readDataset(this.folder, this.prepared, clips, column, classes);
    standardise(dataset.features, this.standardisation);
    return dataset;
  }

  /** A label of clips, `undefined` where a clip has none. */
  labels(clips: readonly number[], column: string): (string | undefined)[] {
    return clips.map((clip) => this.prepared.clips[clip]?.labels[column]);
  }
}
