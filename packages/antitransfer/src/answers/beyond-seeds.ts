import { Random } from 'onnx-autograd/random';
import { type CrossedValue, crossedInterval, type Resamples, resample } from '../analysis/bootstrap.js';
import { groupBy } from '../group-by.js';
import { entryOf, itemAt } from '../lookup.js';
import { sum } from '../numbers/mean.js';
import { bySplit, sharesSplits } from './over-splits.js';
import { PairedRuns, type RunPair } from './pairs.js';
import type { ComparisonResults, Prediction, RunResult } from './results.js';
import { conjunction, named, several } from './tasks.js';

/** Of fewer groups a bootstrap knows too little of others. */
const FEW_GROUPS = 6;

/** What the test's clips are drawn as. */
const UNITS = ['clip', 'recording'] as const;

/** What test clips are a sample of, beside the seeds of trainings. */
export interface Population {
  /** `clip` (`recording` where several clips are of one), the name of an orthogonal task, or the column by whose labels the split keeps clips together. */
  readonly name: string;
  /** How many are in the test. */
  readonly units: number;
}

interface Tested extends Population {
  readonly unitOf: (prediction: Prediction) => string;
  readonly indices: ReadonlyMap<string, number>;
}

/**
 * What gains of a comparison say beyond its seeds: of other clips of the same speakers, and of other speakers. Intervals over
 * seeds say nothing of these, as all seeds are tested on the same ones. Seeds and clips (or groups, with all their clips) are drawn with
 * replacement, the method's answers beside the reference's. The same results always give the same numbers.
 */
export class BeyondSeeds {
  /** The name of the population of the test's clips, or of the recordings that they are of; undefined where it is none. */
  readonly ofClips: string | undefined;
  readonly #paired: PairedRuns;
  readonly #tested: readonly Tested[];
  /** By seed: what is drawn with it, the seed or the split that it shares. */
  readonly #draws: ReadonlyMap<number, number>;
  /** Drawn when they are asked for: of every population, and of seeds. */
  readonly #resamples = new Map<string, Resamples>();

  /** @throws UserError when runs cannot be paired (see `summarise`) */
  constructor(readonly results: ComparisonResults) {
    this.#paired = new PairedRuns(results);
    this.#tested = populationsOf(results);
    this.ofClips = this.#tested.find(({ name }) => UNITS.some((unit) => unit === name))?.name;
    this.#draws = new Map(
      bySplitSeed(results.runs).flatMap((runs, draw) => runs.map(({ seed }) => [seed, draw])),
    );
  }

  /** The test's clips, and the groups that they are of: those of which there are two or more, and every clip is of one. */
  get populations(): readonly Population[] {
    return this.#tested.map(({ name, units }) => ({ name, units }));
  }

  /**
   * 95% interval of a method's gain over other clips, or groups, than those of the test, in percentage points; undefined for the
   * reference, without pairs, and where all units gain the same.
   *
   * @param name a population's
   */
  interval(method: string, name: string): readonly [low: number, high: number] | undefined {
    const reference = this.results.methods[0]?.id;
    if (reference === undefined || method === reference) return undefined;
    const tested = named(this.#tested, name);
    const pairs = this.#paired.between(method, reference);
    if (pairs.length === 0) return undefined;
    return crossedInterval(
      this.#valuesOf(pairs, tested),
      this.#drawn('seeds', new Set(this.#draws.values()).size),
      this.#drawn(`units of ${name}`, tested.units),
    );
  }

  #drawn(what: string, units: number): Resamples {
    const found = this.#resamples.get(what) ?? resample(units, new Random(0).fork(what));
    this.#resamples.set(what, found);
    return found;
  }

  /** How many more clips of each unit a method tells than the reference, of all that it was tested on. A run counts as any other of its split. */
  #valuesOf(pairs: readonly RunPair[], { unitOf, indices }: Tested): CrossedValue[] {
    // A split counts as any other, however many trainings it has; folds of a seed are all of it.
    const sharing = new Map<number, number>();
    for (const [draw, own] of groupBy(pairs, ([{ seed }]) => entryOf(this.#draws, seed)))
      sharing.set(draw, new Set(own.map(([{ seed }]) => seed)).size);
    return pairs.flatMap(([run, partner]) => {
      const before = new Map(partner.predictions.map((answer) => [answer.clip, right(answer)]));
      const both = run.predictions.filter(({ clip }) => before.has(clip));
      return [...groupBy(both, unitOf)].map(([unit, answers]) => ({
        run: entryOf(this.#draws, run.seed),
        unit: entryOf(indices, unit),
        value:
          (100 * sum(answers.map((answer) => right(answer) - entryOf(before, answer.clip)))) / answers.length,
        weight: answers.length / both.length / entryOf(sharing, entryOf(this.#draws, run.seed)),
      }));
    });
  }
}

/** What the intervals of {@link BeyondSeeds} are, in plain words; undefined where there are none. */
export function beyondSeedsNote({ populations, ofClips, results }: BeyondSeeds): string | undefined {
  if (populations.length === 0) return undefined;
  const tested = populations.map(({ name, units }) => `${units} ${several(name)}`);
  const groups = populations.filter(({ name }) => name !== ofClips);
  const few = groups.filter(({ units }) => units < FEW_GROUPS);
  return [
    `Other ${conjunction(populations.map(({ name }) => several(name)))}: the gain’s 95% interval over others than the test’s ${conjunction(tested)}, by bootstrap: ` +
      `${sharesSplits(results.runs) ? 'splits' : 'seeds'} and ${ofClips ?? 'clip'}s${groups.length > 0 ? ` (or groups, with all their ${ofClips ?? 'clip'}s)` : ''} are drawn with replacement, 2000 times. A gain holds for others where it does in every column.`,
    ...few.map(
      ({ name, units }) =>
        `A bootstrap of ${units} ${several(name)} is too narrow: so few say little of others.`,
    ),
  ].join(' ');
}

function populationsOf({ runs, tasks, split }: ComparisonResults): Tested[] {
  const predictions = runs.flatMap((run) => run.predictions);
  // One recording with other noise, or cut, is no other one.
  const clips = predictions.some(({ recording }) => recording !== undefined) ? 'recording' : 'clip';
  const labels: readonly (readonly [string, (prediction: Prediction) => string | undefined])[] = [
    [clips, ({ clip, recording = clip }) => recording],
    ...tasks.map(({ name }) => [name, ({ orthogonal }: Prediction) => orthogonal[name]] as const),
    ...(split.groups === undefined ? [] : [[split.groups, ({ group }: Prediction) => group] as const]),
  ];
  const seen: (readonly (string | undefined)[])[] = [];
  return labels.flatMap(([name, of]) => {
    const units = predictions.map(of);
    // Two tasks of one column, or a task and the split's own groups.
    if (seen.some((others) => others.every((unit, i) => unit === units[i]))) return [];
    seen.push(units);
    const indices = indicesOf(units.flatMap((unit) => unit ?? []));
    if (indices.size < 2 || units.includes(undefined)) return [];
    return { name, units: indices.size, indices, unitOf: (prediction) => of(prediction) ?? '' };
  });
}

function indicesOf<T>(values: readonly T[]): ReadonlyMap<T, number> {
  return new Map([...new Set(values)].map((value, index) => [value, index]));
}

/** Runs by what is drawn: seeds, or splits where seeds share them. */
function bySplitSeed(runs: readonly RunResult[]): (readonly RunResult[])[] {
  const bySeed = [...groupBy(runs, ({ seed }) => seed).values()];
  const shared = bySplit(bySeed.map((own) => ({ ...itemAt(own, 0), fold: undefined, own })));
  return shared.map((seeds) => seeds.flatMap(({ own }) => own));
}

function right({ truth, predicted }: Prediction): number {
  return truth === predicted ? 1 : 0;
}
