/** The test clips of one network at one tap, laid out on a plane. */
export interface MapView {
  /** Part of what varies between clips that each axis shows, in [0, 1]. */
  readonly explained: readonly [x: number, y: number];
  readonly points: readonly MapPoint[];
}

export interface MapPoint {
  /** Its id. */
  readonly clip: string;
  /** The first that networks were given of it, by id, where it was cut: that can be heard, not the clip. */
  readonly window?: string;
  readonly x: number;
  readonly y: number;
  /** Of the target, and of what was to be forgotten by the task's name; columns without a label are absent. */
  readonly labels: Readonly<Record<string, string>>;
}
