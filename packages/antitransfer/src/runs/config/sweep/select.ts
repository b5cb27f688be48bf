import { matchesAny } from 'onnx-autograd/internal';
import { UserError } from '../../../errors.js';
import { shortDigest } from '../../../files/digest.js';
import { nearest } from '../../../nearest.js';
import { codeUnitOrder } from '../../../numbers/order.js';

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
 *
 * @throws UserError when no cell fits a pattern, or the part is empty
 */
export function selectCells<Cell extends { readonly name: string }>(
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
  if (shard === undefined) return fitting;
  const drawn = fitting
    .map(({ name }) => ({ name, digest: shortDigest(name) }))
    .sort((a, b) => codeUnitOrder(a.digest, b.digest));
  const own = new Set(drawn.filter((_, at) => at % shard.of === shard.number - 1).map(({ name }) => name));
  if (own.size > 0) return fitting.filter(({ name }) => own.has(name));
  throw new UserError(
    `--shard ${shard.number}/${shard.of}: there are only ${fitting.length} cells; take ${fitting.length} parts at most.`,
  );
}
