/** Which models of a comparison can be spoken to, and how. */
export interface ModelsView {
  readonly target: string;
  readonly classes: readonly string[];
  /** What models hear: in Hz, and how long at once. */
  readonly sampleRate: number;
  readonly seconds: number;
  readonly models: readonly OfferedModel[];
  /** How many are asked at once at most. */
  readonly atOnce: number;
  /** Asked where nobody chose: the reference and the method that the verdict speaks of. */
  readonly chosen: readonly string[];
  /** Where recordings are kept, and which other labels they may have; absent where the studio was not told to keep any. */
  readonly keep?: { readonly folder: string; readonly columns: readonly string[] };
}

export interface OfferedModel {
  /** `cka-auxiliary-seed-1`: the file's name. */
  readonly id: string;
  /** The method's id, and what people call it. */
  readonly method: string;
  readonly label: string;
  /** `seed 1` */
  readonly repetition: string;
}

/** What models say of one recording. */
export interface HeardView {
  /** Length of the recording. */
  readonly seconds: number;
  readonly answers: readonly ModelAnswer[];
}

export interface ModelAnswer {
  readonly model: string;
  /** Below which probability nothing is said; absent of models whose card has none. */
  readonly level?: number;
  /** What was heard, in order; none where there was nothing to hear. */
  readonly sounds: readonly HeardSound[];
  /** Why the model has no answer. */
  readonly problem?: string;
}

export interface HeardSound {
  /** Seconds from the beginning of the recording. */
  readonly start: number;
  readonly end: number;
  /** Absent where the model was not sure enough. */
  readonly label?: string;
  /** In the order of the classes. */
  readonly probabilities: readonly number[];
}

/** A recording that was kept. */
export interface KeptView {
  /** The recording, and the table that has a row for it. */
  readonly file: string;
  readonly table: string;
  /** Recordings in the table. */
  readonly clips: number;
  /** What is typed to test a model on all of them. */
  readonly command: string;
}
