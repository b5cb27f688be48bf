import type { Studio } from '../studio.js';

/** What a page asks for: the parts of its path that are named, and what stands behind its question mark. */
export interface ResourceRequest {
  /** The comparison, where the path has `:run`. */
  readonly run: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What is not JSON: sound, features. */
export class Binary {
  constructor(
    readonly type: string,
    readonly bytes: Uint8Array,
  ) {}
}

/** What a page may ask for. */
export interface Resource<View = unknown> {
  /** `runs/:run/curves`; it stands below `/api/`. */
  readonly path: string;
  /** What it tells, one sentence. */
  readonly description: string;
  /** @throws NotFound when there is no such thing; UserError when it cannot be had, with a reason for people */
  load(studio: Studio, request: ResourceRequest): Promise<View | Binary>;
  /**
   * What an export of one comparison holds of it: the queries that pages ask. Absent where an export has none of it, since only
   * a running studio can answer.
   */
  exported?(studio: Studio, run: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Whether it is sound, or features of it: an export holds it only where that is asked for. No words are in it. */
  readonly isSound?: true;
  /** What an export tells of it, which goes to others: not where this machine keeps things. All when absent. */
  toShare?(view: View): View;
}
