import type { Cell, Plan } from '../runs/plan/plan.js';
import { type RepetitionKey, repetitionName } from '../runs/plan/repetition-name.js';

/** What jobs are called on a terminal, by their ids, in the words of the configuration: `cka, seed 2`; `speaker network, seed 2`. */
export function jobNames({ jobs, methods, tasks }: Plan): ReadonlyMap<string, string> {
  const seeds = new Map(jobs.map(({ id, job }) => [id, job.seed]));
  const names = new Map<string, string>();
  const add = (cells: readonly Cell[], call: (of: string) => string) => {
    for (const { of, job, repetition } of cells) {
      // Cells of equal settings share a job, which has the name of the first.
      if (names.has(job)) continue;
      const own = cells.filter((cell) => cell.of === of);
      names.set(job, `${call(of)}, ${repetitionName(repetitionOf(own, repetition, seeds))}`);
    }
  };
  add(tasks, (of) => `${of} network`);
  add(methods, (of) => of);
  return names;
}

/** A repetition by its seed, and by its fold where the seed has several. */
function repetitionOf(
  cells: readonly Cell[],
  repetition: number,
  seeds: ReadonlyMap<string, number>,
): RepetitionKey {
  const seedOf = (index: number) =>
    seeds.get(cells.find((cell) => cell.repetition === index)?.job ?? '') ?? 0;
  const seed = seedOf(repetition);
  const folds = cells.map((cell) => cell.repetition).filter((index) => seedOf(index) === seed);
  return { seed, fold: folds.length > 1 ? folds.indexOf(repetition) : undefined };
}
