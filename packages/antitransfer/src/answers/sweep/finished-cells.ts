import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { writeWhole } from '../../files/write-whole.js';
import type { Experiment } from '../../runs/config/schema.js';
import type { SweepCell } from '../../runs/config/sweep/cells.js';
import { paths } from '../../runs/folder/paths.js';
import { leftOut, settingsDifference } from '../../runs/folder/settings-difference.js';
import type { DroppedCell } from '../../runs/halving/halve.js';
import type { ComparisonResults } from '../results.js';
import { readResults } from '../results-file.js';
import { type FinishedCell, finishedCell } from './finished-cell.js';
import { renderSweep } from './page.js';

/** What a sweep came to. */
export interface SweepResults {
  /** The finished cells, in the file's order. */
  readonly finished: readonly FinishedCell[];
  /** Cells that were dropped on validation clips, and never tested. */
  readonly dropped: readonly DroppedCell[];
  /** The names of cells without results: not run yet, or nothing came of them. */
  readonly missing: readonly string[];
}

/** The page is written anew after so long, and in the end. */
const PAGE_MS = 10_000;

/** The page that links the cells' reports. */
export function sweepPage(folder: string): string {
  return join(folder, 'index.html');
}

/** The cells of a sweep that are finished, now or before. */
export class FinishedCells {
  readonly #finished = new Map<string, FinishedCell>();
  readonly #dropped = new Map<string, DroppedCell>();
  #written = Number.NEGATIVE_INFINITY;

  constructor(
    readonly folder: string,
    readonly cells: readonly SweepCell[],
  ) {}

  add(name: string, results: ComparisonResults): void {
    this.#finished.set(name, finishedCell(name, results));
  }

  /** What was tested of them before they competed is no more shown. */
  drop(dropped: readonly DroppedCell[]): void {
    for (const cell of dropped) this.#dropped.set(cell.name, cell);
  }

  /** Reads what other cells than those that are run left, where it is what the file asks for. */
  async read(running: readonly SweepCell[]): Promise<void> {
    const names = new Set(running.map(({ name }) => name));
    for (const { name, config } of this.cells) {
      if (names.has(name)) continue;
      const found = await readResults(join(this.folder, name)).catch((error: unknown) => {
        if (error instanceof UserError) return undefined;
        throw error;
      });
      if (found === undefined) continue;
      if (isOf(found, config.experiment)) this.add(name, found);
    }
  }

  results(): SweepResults {
    const names = this.cells.map(({ name }) => name).filter((name) => !this.#dropped.has(name));
    return {
      finished: names.flatMap((name) => this.#finished.get(name) ?? []),
      dropped: [...this.#dropped.values()],
      missing: names.filter((name) => !this.#finished.has(name)),
    };
  }

  /** While others run now and then only: all cells are looked at for it. */
  async writePage(when: 'now' | 'if due'): Promise<void> {
    if (when === 'if due' && performance.now() - this.#written < PAGE_MS) return;
    this.#written = performance.now();
    const results = this.results();
    const links = (name: string) => `${encodeURIComponent(name)}/${paths.report('')}`;
    await writeWhole(sweepPage(this.folder), renderSweep(results, links));
  }
}

/** Whether results are all that an experiment asks for, and nothing else. */
function isOf({ config: { execution: _, ...there } }: ComparisonResults, experiment: Experiment): boolean {
  const here: unknown = JSON.parse(JSON.stringify(experiment));
  const differences = [settingsDifference(there, here), leftOut(there, here), leftOut(here, there)];
  return differences.flat().length === 0;
}
