/** Where packs are kept besides the folder that they are read from, such as a bucket that machines share. */
export interface PackKeeper {
  /**
   * Brings the packs that hold some of these rows and are not in the folder.
   *
   * @param space names the settings of the features: the name of the folder
   * @param rowLength numbers in a row
   */
  fetch(space: string, rowLength: number, keys: ReadonlySet<string>): Promise<void>;
  /** Brings what is known of how clips are cut into windows. */
  fetchCuts(space: string): Promise<void>;
  /** Keeps the packs of the folder that it does not have, and how clips are cut. */
  keep(space: string): Promise<void>;
}
