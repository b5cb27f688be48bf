import { matchesAny } from 'onnx-autograd/internal';
import { UserError } from '../../../errors.js';
import { shortDigest } from '../../../files/digest.js';
import { nearest } from '../../../nearest.js';
import { codeUnitOrder } from '../../../numbers/order.js';
import { type Competitor, competing } from './competitions.js';

/** Which cells of a sweep are run. */
export interface CellChoice {
  /** Patterns of names, in which `*` stands for anything; all cells when absent. */
  readonly only?: readonly string[];
  /** The `number`-th part (from 1) of so many, of those that fit the patterns. */
  readonly shard?: { readonly number: number; readonly of: number };
}

/**
 * Some cells of a sweep, in their order. Parts are disjoint, together all of them, and of equal size but for one cell; which
 * cell is in which part depends on names only. Neighbours, which take equally long, are in different ones as chance has it.
 * Cells that compete with each other are in one part, and only together.
 *
 * @throws UserError when no cell fits a pattern, the part is empty, or some would run without those that they compete with
 */
export function selectCells<Cell extends Pick<Competitor, 'name' | 'competition'>>(
  cells: readonly Cell[],
  { only, shard }: CellChoice,
): Cell[] {
  const names = cells.map(({ name }) => name);
  const unknown = only?.find((pattern) => !names.some((name) => matchesAny(name, [pattern])));
  if (unknown !== undefined) {
    const [first = ''] = names;
    throw new UserError(
      `--only ${unknown}: none of the ${names.length} cells is called so; ${first} is one.${nearest(unknown, names)}`,
    );
  }
  const fitting = only === undefined ? [...cells] : cells.filter(({ name }) => matchesAny(name, only));
  requireWhole(cells, fitting);
  if (shard === undefined) return fitting;
  const units = [...new Set(fitting.map(unitOf))];
  const drawn = units
    .map((unit) => ({ unit, digest: shortDigest(unit) }))
    .sort((a, b) => codeUnitOrder(a.digest, b.digest));
  const own = new Set(drawn.filter((_, at) => at % shard.of === shard.number - 1).map(({ unit }) => unit));
  if (own.size > 0) return fitting.filter((cell) => own.has(unitOf(cell)));
  const several = units.length !== 1;
  const what = fitting.some(({ competition }) => competition)
    ? `group${several ? 's' : ''} of cells that compete`
    : `cell${several ? 's' : ''}`;
  throw new UserError(
    `--shard ${shard.number}/${shard.of}: there ${several ? 'are' : 'is'} only ${units.length} ${what}; take ${units.length} ` +
      `part${several ? 's' : ''} at most.`,
  );
}

/** What is never divided: a cell by its name, or all that compete with each other. */
function unitOf({ name, competition }: Pick<Competitor, 'name' | 'competition'>): string {
  return competition === undefined ? name : `competition ${competition.among}`;
}

/** Which cells go on would depend on which of them are looked at. */
function requireWhole<Cell extends Pick<Competitor, 'name' | 'competition'>>(
  cells: readonly Cell[],
  fitting: readonly Cell[],
): void {
  for (const group of competing(cells).values()) {
    const own = group.filter((cell) => fitting.includes(cell));
    const missing = group.find((cell) => !fitting.includes(cell));
    if (own[0] === undefined || missing === undefined) continue;
    throw new UserError(
      `--only: ${own[0].name} competes with ${missing.name} (halving): which of them go on is decided among all ${group.length}. Name all or none of them, or take "halving" out of the file.`,
    );
  }
}
