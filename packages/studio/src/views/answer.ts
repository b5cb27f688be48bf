import type { StripFigures, Verdict } from 'antitransfer/answers';

/** What a comparison found: the report's own words and numbers. */
export interface AnswerView {
  readonly createdAt: string;
  /** Seeds, or folds of them: how many it is of, and how many were asked for. */
  readonly done: number;
  readonly asked: number;
  readonly chance: number;
  readonly verdict: Verdict;
  /** What was compared: terms with a few words each. */
  readonly facts: readonly (readonly [term: string, fact: string])[];
  /** The first is of the target, then one of each orthogonal task. */
  readonly tables: readonly TableView[];
  readonly strips: StripFigures;
}

/** A row a method. */
export interface TableView {
  readonly title: string;
  readonly columns: readonly { readonly id: string; readonly heading: string; readonly unit: string }[];
  readonly rows: readonly {
    readonly method: string;
    readonly label: string;
    /** `reference`, `control`; empty of the others. */
    readonly role: string;
    /** Whether the verdict speaks of it. */
    readonly best: boolean;
    readonly cells: readonly string[];
  }[];
}
