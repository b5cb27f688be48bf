import { useRef, useState } from 'preact/hooks';
import { Scroll } from '../../parts/scroll.tsx';
import { type Matrix, totalOf } from './confusion.ts';

/** More classes than this leave no room for numbers; shade and titles then speak without them. */
const MOST_COUNTED_CLASSES = 16;
/** Characters; longer names of columns stand upright. */
const LONGEST_LEVEL_LABEL = 3;

export interface ConfusionProps {
  readonly caption: string;
  readonly target: string;
  readonly classes: readonly string[];
  readonly matrix: Matrix;
  /** True for counts less those of the reference. */
  readonly signed: boolean;
  /** The cell that is open, by the indices of its classes; undefined for any. */
  readonly truth: number | undefined;
  readonly said: number | undefined;
  /** Where a cell leads; without `said` its whole row, without `truth` its column. */
  readonly hrefOf: (truth: number | undefined, said: number | undefined) => string;
}

/** What is taken for what. Cells are doors to their clips; the tab key stops once, arrows go from cell to cell. */
export function ConfusionMatrix(props: ConfusionProps) {
  const { caption, target, classes, matrix, signed } = props;
  const table = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState<readonly [row: number, column: number]>([0, 0]);
  const crowded = classes.length > MOST_COUNTED_CLASSES;
  const longest = Math.max(...classes.map(({ length }) => length));
  const upright = longest > LONGEST_LEVEL_LABEL ? 'upright' : undefined;
  const largest = Math.max(1, ...matrix.flat().map(Math.abs));

  const walk = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const last = classes.length - 1;
    const [row, column] = at;
    const next = [clamp(row + step[0], last), clamp(column + step[1], last)] as const;
    setAt(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.join()}"]`)?.focus();
  };

  return (
    <Scroll label={caption}>
      <table
        ref={table}
        class={crowded ? 'confusion crowded' : 'confusion'}
        style={{ '--labels': `${Math.min(longest, 14)}ch` }}
        onKeyDown={walk}
      >
        <caption>{caption}</caption>
        <thead>
          <tr>
            <td />
            <th class="axis" scope="colgroup" colSpan={classes.length}>
              {target} said →
            </th>
            {!signed && <td />}
          </tr>
          <tr>
            <td class="corner">true ↓</td>
            {classes.map((name) => (
              <th key={name} scope="col">
                <span class={upright}>{name}</span>
              </th>
            ))}
            {!signed && (
              <th scope="col">
                <span class={upright}>all</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {matrix.map((counts, truth) => {
            const total = totalOf(counts);
            return (
              <tr key={classes[truth]}>
                <th scope="row">{classes[truth]}</th>
                {counts.map((count, said) => (
                  <Cell
                    key={classes[said]}
                    {...props}
                    row={truth}
                    column={said}
                    count={count}
                    share={signed ? Math.abs(count) / largest : count / (total || 1)}
                    total={total}
                    stop={at[0] === truth && at[1] === said}
                    crowded={crowded}
                    onFocus={() => setAt([truth, said])}
                  />
                ))}
                {!signed && (
                  <td>
                    <a
                      class="total"
                      href={props.hrefOf(truth, undefined)}
                      aria-label={`all ${total} answers about ${target} ${classes[truth]}`}
                    >
                      {total}
                    </a>
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

interface CellProps extends ConfusionProps {
  readonly row: number;
  readonly column: number;
  readonly count: number;
  /** How strong its shade is, in [0, 1]. */
  readonly share: number;
  readonly total: number;
  /** Whether the tab key stops here. */
  readonly stop: boolean;
  readonly crowded: boolean;
  readonly onFocus: () => void;
}

function Cell(props: CellProps) {
  const { target, classes, signed, row, column, count, share, total, stop, crowded } = props;
  const words = `${target} ${classes[row]} taken for ${classes[column]}`;
  const title = signed
    ? `${words}: ${withSign(count)} beside the reference`
    : `${words}: ${count} of ${total} (${Math.round((100 * count) / (total || 1))}%)`;
  const isOpen = props.truth === row && props.said === column;
  const kind = ['count', row === column && 'diagonal', count < 0 && 'fewer', isOpen && 'open'];
  return (
    <td>
      <a
        class={kind.filter(Boolean).join(' ')}
        style={{ '--share': share.toFixed(3) }}
        href={props.hrefOf(row, column)}
        data-cell={`${row},${column}`}
        tabIndex={stop ? 0 : -1}
        title={title}
        aria-label={title}
        aria-current={isOpen ? 'true' : undefined}
        onFocus={props.onFocus}
      >
        {crowded || count === 0 ? '' : signed ? withSign(count) : count}
      </a>
    </td>
  );
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function clamp(value: number, last: number): number {
  return Math.min(last, Math.max(0, value));
}

/** `+3`, `−2`, `0`. */
function withSign(count: number): string {
  return count === 0 ? '0' : `${count > 0 ? '+' : '−'}${Math.abs(count)}`;
}
