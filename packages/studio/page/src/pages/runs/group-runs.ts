import type { RunRow } from '../../../../src/views/run-list.ts';

/** Comparisons that stand under one heading. */
export interface RunGroup {
  /** The folder that a sweep has left them in; empty of those that stand alone. */
  readonly folder: string;
  readonly runs: readonly RunRow[];
}

/** So many comparisons in one folder are a sweep's. */
const SWEEP = 3;

/** What holds all words of a text, in its name or its verdict. */
export function matching(runs: readonly RunRow[], text: string): readonly RunRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return runs;
  return runs.filter(({ id, name, state, verdict = '' }) => {
    const all = `${id} ${name} ${state} ${verdict}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The newest first; what a sweep has left stands together, where the newest of it would. */
export function groupRuns(runs: readonly RunRow[]): RunGroup[] {
  const counts = new Map<string, number>();
  for (const { id } of runs) counts.set(folderOf(id), (counts.get(folderOf(id)) ?? 0) + 1);
  const groups = new Map<string, RunRow[]>();
  for (const run of runs.toSorted((a, b) => (a.changedAt < b.changedAt ? 1 : -1))) {
    const folder = folderOf(run.id);
    const group = (counts.get(folder) ?? 0) < SWEEP ? '' : folder;
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  return [...groups].map(([folder, own]) => ({ folder, runs: own }));
}

function folderOf(id: string): string {
  return id.split('/').slice(0, -1).join('/');
}
