/** A line to compare with, such as chance. */
export interface Mark {
  readonly at: number;
  readonly label: string;
}
