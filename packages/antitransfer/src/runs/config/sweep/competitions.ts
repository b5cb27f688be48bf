import { folds } from '../../../data/splits/make-split.js';
import { canonicalJson } from '../../../files/canonical-json.js';
import { groupBy } from '../../../group-by.js';
import { itemAt } from '../../../lookup.js';
import { nearest } from '../../../nearest.js';
import { methodsOf } from '../methods.js';
import type { Config, Experiment } from '../schema.js';
import { cellNames } from './cell-names.js';
import type { Row } from './draw.js';
import { rungsOf } from './rungs.js';
import type { HalvingSettings, SweepPart } from './settings.js';

/** That a cell competes with others: which of them are trained in full is decided by successive halving. */
export interface Competition {
  /** Equal in cells that compete with each other: what they have in common, in words; empty where that is everything else. */
  readonly among: string;
  readonly halving: HalvingSettings;
}

/** A cell of a sweep that may compete with others. */
export interface Competitor {
  readonly name: string;
  readonly config: Config;
  readonly competition?: Competition;
}

/** The part whose cells compete; undefined where none do. */
function halvingPart(
  parts: readonly SweepPart[],
): { readonly halving: HalvingSettings; readonly keys: ReadonlySet<string> } | undefined {
  return parts.flatMap((part) => {
    const halving = part.kind === 'zip' ? undefined : part.halving;
    return halving === undefined ? [] : [{ halving, keys: new Set(Object.keys(part.values)) }];
  })[0];
}

/** What is wrong with halving in a sweep's parts. */
export function halvingProblems(parts: readonly SweepPart[]): string[] {
  const halved = parts.filter((part) => part.kind !== 'zip' && part.halving !== undefined);
  return halved.length < 2
    ? []
    : ['sweep: "halving" is in two parts; cells of one part compete, for each combination of the others.'];
}

/** Who competes with whom, for each row of a sweep: those that differ in the keys of the halving part only. */
export function competitionsOf(
  rows: readonly Row[],
  parts: readonly SweepPart[],
): readonly (Competition | undefined)[] {
  const part = halvingPart(parts);
  if (part === undefined) return rows.map(() => undefined);
  const common = rows.map((row) => row.filter(({ path }) => !part.keys.has(path)));
  const keys = common.map((row) => canonicalJson(row.map(({ path, value }) => [path, value])));
  const distinct = new Map(keys.map((key, at) => [key, common[at] ?? []]));
  const names = cellNames([...distinct.values()]);
  const nameOf = new Map([...distinct.keys()].map((key, at) => [key, names[at] ?? '']));
  return keys.map((key) => ({ among: nameOf.get(key) ?? '', halving: part.halving }));
}

/** Cells that compete, by what they have in common. */
export function competing<Cell extends Pick<Competitor, 'competition'>>(
  cells: readonly Cell[],
): ReadonlyMap<string, readonly Cell[]> {
  return groupBy(
    cells.filter(({ competition }) => competition !== undefined),
    ({ competition }) => competition?.among ?? '',
  );
}

/** Repetitions or epochs of a cell that is trained in full. */
export function wholeOf({ by }: HalvingSettings, { seeds, split, training }: Experiment): number {
  return by === 'epochs' ? training.epochs : seeds * folds(split).length;
}

/** Whether some cells are dropped on the way, so that nobody knows before what is trained. */
export function choosesOnTheWay(cells: readonly Competitor[]): boolean {
  return [...competing(cells).values()].some((group) => {
    const { competition, config } = itemAt(group, 0);
    if (competition === undefined) return false;
    const { halving } = competition;
    return rungsOf(group.length, wholeOf(halving, config.experiment), halving).length > 0;
  });
}

/** Keys in which competing cells may not differ: their accuracies would be of other clips. */
const question = ['data', 'target', 'split', 'seeds', 'firstSeed', 'splits', 'firstSplit'] as const;

/** What keeps cells from competing with each other. */
export function competitionProblems(cells: readonly Competitor[]): string[] {
  return [...competing(cells).values()].flatMap((group) => {
    const [first] = group;
    const halving = first?.competition?.halving;
    if (first === undefined || halving === undefined) return [];
    const { experiment } = first.config;
    const keys = halving.by === 'epochs' ? [...question, 'training.epochs'] : question;
    const differing = keys.flatMap((key) => {
      const value = (cell: Competitor) => canonicalJson(valueAt(cell.config.experiment, key) ?? null);
      const other = group.find((cell) => value(cell) !== value(first));
      return other === undefined
        ? []
        : [
            `sweep: ${first.name} and ${other.name} compete (halving), and differ in "${key}": their figures would not be of one question. Sweep it in another part, or leave halving out.`,
          ];
    });
    if (differing.length > 0) return differing;
    const whole = wholeOf(halving, experiment);
    const isHalved = group.length <= halving.keep || rungsOf(group.length, whole, halving).length > 0;
    return [
      ...group.flatMap((cell) => unknownMethod(cell, halving)),
      ...(isHalved ? [] : [nothingToHalve(halving, whole)]),
    ];
  });
}

function valueAt(experiment: Experiment, key: string): unknown {
  return key === 'training.epochs' ? experiment.training.epochs : Reflect.get(experiment, key);
}

function nothingToHalve({ by, start }: HalvingSettings, whole: number): string {
  const other = by === 'epochs' ? 'a smaller start' : 'more seeds, or by: epochs';
  return `sweep.halving: a first rung of ${start} ${by} leaves no more to do: a cell has ${whole}. Take ${other}.`;
}

function unknownMethod({ config: { experiment } }: Competitor, { method }: HalvingSettings): string[] {
  const methods = methodsOf(experiment);
  const found = methods.find(({ id }) => id === method);
  if (method === null || (found !== undefined && !found.control && found.correction === null)) return [];
  const judged = judgeable(experiment);
  return [
    found === undefined
      ? `sweep.halving.method: "${method}" is no method; there are ${judged.join(', ')}.${nearest(method, judged)}`
      : `sweep.halving.method: "${method}" is ${found.control ? 'a control' : 'corrected after its training, which validation accuracy does not see'}; take one of ${judged.join(', ')}.`,
  ];
}

/** Methods whose validation accuracy tells how well they do: no controls, and nothing that is done after the training. */
export function judgeable(experiment: Experiment): string[] {
  return methodsOf(experiment).flatMap(({ id, control, correction }) =>
    control || correction !== null ? [] : [id],
  );
}
