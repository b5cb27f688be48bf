import type { Cell, Plan } from './plan.js';
import { repetitionName } from './repetition-name.js';

/**
 * What people call jobs, by their ids, in the words of the configuration: `cka, seed 2`; `speaker network,
 * seed 2`. A training and its test share a name.
 */
export function jobNames({ methods, tasks, repetitions }: Plan): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const add = (id: string, { repetition }: Cell, call: string) => {
    const key = repetitions[repetition];
    // Cells of equal settings share a job, which has the name of the first.
    if (key !== undefined && !names.has(id)) names.set(id, `${call}, ${repetitionName(key)}`);
  };
  for (const cell of tasks) add(cell.job, cell, `${cell.of} network`);
  for (const cell of methods) {
    add(cell.job, cell, cell.of);
    if (cell.correction !== undefined) add(cell.correction, cell, cell.of);
    add(cell.assessment, cell, cell.of);
  }
  return names;
}
