import type { GroupsSummary } from 'antitransfer/answers';
import type { MethodView } from './comparison.js';

/** For whom each method works. */
export interface GroupsView {
  readonly target: string;
  readonly methods: readonly MethodView[];
  /** The label columns of the test clips, the target's own among them. */
  readonly columns: readonly ColumnGroups[];
  /** Columns that are not shown, and how many labels they have: about as many as there are clips, or only one. */
  readonly leftOut: readonly { readonly column: string; readonly labels: number }[];
}

export interface ColumnGroups {
  readonly column: string;
  /** In the order of the labels. */
  readonly labels: readonly LabelClips[];
  /** In the order of the methods. */
  readonly methods: readonly GroupsOfMethod[];
}

export interface LabelClips {
  readonly label: string;
  /** Different test clips with it. */
  readonly clips: number;
}

/** Accuracies in [0, 1], as the report has them. */
export interface GroupsOfMethod extends GroupsSummary {
  readonly method: string;
  /** On all clips that have a label in the column. */
  readonly all: GroupsSummary['worst'];
  /** By label: the accuracy of each run that was tested on it, with the run's name. */
  readonly runs: Readonly<Record<string, readonly { readonly name: string; readonly accuracy: number }[]>>;
}
