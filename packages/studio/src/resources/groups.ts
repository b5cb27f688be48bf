import {
  answeredClips,
  type ComparisonResults,
  groupsByLabel,
  type MethodGroups,
} from 'antitransfer/answers';
import { repetitionName, type TestClip } from 'antitransfer/runs';
import { labelColumns, labelOf } from '../comparisons/clip-labels.js';
import type { Comparison } from '../comparisons/comparison.js';
import { NotFound } from '../not-found.js';
import type { ColumnGroups, GroupsView } from '../views/groups.js';
import { methodViews } from './method-views.js';
import type { Resource } from './resource.js';

/** More groups than this are hardly groups: each is of few clips. */
const MOST_LABELS = 200;

export const groups: Resource<GroupsView> = {
  path: 'runs/:run/groups',
  description: 'Accuracy by every label column of the test clips: for whom each method works.',
  load: async (studio, { run }) => viewOf(await studio.comparison(run)),
  exported: async () => [{}],
};

async function viewOf(comparison: Comparison): Promise<GroupsView> {
  const results = await comparison.results();
  if (results === undefined)
    throw new NotFound('There are no results yet: the first are left when a seed or fold is complete.');
  const known = await comparison.clips.known();
  const details = known instanceof Error ? new Map<string, TestClip>() : known;
  const clips = answeredClips(results);
  const columns = labelColumns(results, details).map((column) => {
    const labels = new Map(
      clips.flatMap((clip) => {
        const label = labelOf(column, clip, details.get(clip.id));
        return label === undefined ? [] : [[clip.id, label] as const];
      }),
    );
    // The target's own labels are what predictions call the truth.
    if (column === results.target.column) for (const { id, truth } of clips) labels.set(id, truth);
    return { column, labels, distinct: new Set(labels.values()).size };
  });
  const isShown = ({ distinct, labels }: (typeof columns)[number]) =>
    distinct > 1 && distinct <= MOST_LABELS && distinct <= labels.size / 2;
  return {
    target: results.target.column,
    methods: methodViews(results),
    columns: columns.filter(isShown).map(({ column, labels }) => columnGroups(results, column, labels)),
    leftOut: columns
      .filter((one) => !isShown(one))
      .map(({ column, distinct }) => ({ column, labels: distinct })),
  };
}

/** @param labels of clips, by their ids */
function columnGroups(
  results: ComparisonResults,
  column: string,
  labels: ReadonlyMap<string, string>,
): ColumnGroups {
  const clipsOf = new Map<string, number>();
  for (const label of labels.values()) clipsOf.set(label, (clipsOf.get(label) ?? 0) + 1);
  const whole = new Map(
    groupsByLabel(results, ({ clip }) => (labels.has(clip) ? '' : undefined)).map((all) => [
      all.method,
      all.groups[0]?.accuracy,
    ]),
  );
  const methods = groupsByLabel(results, ({ clip }) => labels.get(clip));
  // Labels as the answers have them, in their order.
  const order = [...new Set(methods.flatMap(({ groups: of }) => of.map(({ group }) => group)))].sort();
  return {
    column,
    labels: order.map((label) => ({ label, clips: clipsOf.get(label) ?? 0 })),
    methods: methods
      .filter(({ runs }) => runs.length > 0)
      .map(({ method, groups: of, worst, gap, runs }) => ({
        method,
        groups: of,
        worst,
        gap,
        all: whole.get(method),
        runs: Object.fromEntries(order.map((label) => [label, accuraciesOf(runs, label)])),
      })),
  };
}

function accuraciesOf(runs: MethodGroups['runs'], label: string) {
  return runs.flatMap(({ groups: of, ...repetition }) => {
    const found = of.find(({ group }) => group === label);
    return found === undefined ? [] : [{ name: repetitionName(repetition), accuracy: found.accuracy }];
  });
}
