/** What a store holds: a folder of it each. */
export type ItemKind = 'features' | 'jobs' | 'sets' | 'models';

/** A thing of a store, and what it takes. */
export interface StoredItem {
  /** Its name below the kind's folder: a digest. */
  readonly id: string;
  /** Where it is: of a bucket, the beginning of its objects' names. */
  readonly path: string;
  readonly bytes: number;
}
