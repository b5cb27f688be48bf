/** How far a piece of work on many files is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}
