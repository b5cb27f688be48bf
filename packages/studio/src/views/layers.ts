import type { CurvePoint } from 'antitransfer/answers';

/** What the layers of a comparison's networks know. */
export interface LayersView {
  readonly target: string;
  /** Where the comparison looks; absent where its store is not there to tell. */
  readonly trainedTap?: string;
  /** Whether maps are taken before or after the activation function. */
  readonly position: 'before' | 'after';
  /** All methods, in their order, behind the first weights where an analysis looked at them. */
  readonly networks: readonly LayerNetwork[];
  /** Whose networks there are. */
  readonly repetitions: readonly { readonly name: string; readonly seed: number; readonly fold?: number }[];
  readonly tasks: readonly LayerTask[];
  /** What is typed to look at every layer; absent of an export. */
  readonly command?: string;
  /** Absent where nobody looked at every layer yet. */
  readonly taps?: readonly string[];
}

export interface LayerNetwork {
  /** The method's id; null for the first weights. */
  readonly id: string | null;
  readonly label: string;
  readonly control: boolean;
}

/** What is known of one orthogonal task. */
export interface LayerTask {
  readonly name: string;
  /** At the tap where the comparison looks: the report's numbers. */
  readonly trained: readonly TrainedTapRow[];
  /** Right by always naming the most frequent label, in [0, 1]. */
  readonly chance?: number;
  /** At every tap, as "analyze" measured it; none where it did not. */
  readonly measures: readonly LayerMeasureView[];
}

export interface TrainedTapRow {
  readonly method: string;
  readonly probe?: Shown;
  readonly probeChange?: Change;
  readonly cka?: Shown;
  readonly ckaChange?: Change;
  /** CKA after each epoch, on validation clips. */
  readonly ckaCurve: readonly CurvePoint[];
}

export interface LayerMeasureView {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** From no colour to full colour. */
  readonly domain: readonly [low: number, high: number];
  /** From what is measured to what an axis counts. */
  readonly scale: number;
  /** Right by chance, in [0, 1], where the measure is an accuracy. */
  readonly chance?: number;
  readonly cells: readonly LayerCell[];
}

export interface LayerCell {
  readonly network: string | null;
  readonly tap: string;
  readonly value: Shown;
  readonly change?: Change;
}

/** A mean over runs as the report writes it. */
export interface Shown {
  readonly n: number;
  readonly mean: number;
  /** 95 %. */
  readonly interval?: readonly [low: number, high: number];
  /** The mean alone, and with its interval. */
  readonly short: string;
  readonly text: string;
}

/** A difference from the first method over pairs of runs. */
export interface Change {
  readonly n: number;
  readonly mean: number;
  /** 95 %; absent of one pair, and of pairs that do not differ. */
  readonly interval?: readonly [low: number, high: number];
  /** `−12.0 [−15.1, −8.9]` */
  readonly text: string;
  /** Whether the interval excludes zero; absent where there is none. */
  readonly isShown?: boolean;
}
