import { ComparisonClips, paths, type TestClip, UserError } from 'antitransfer/runs';
import { keyOf } from './kept-file.js';

/** The test clips of one comparison: sound, features, labels. They are opened once, and again when the comparison was begun anew. */
export class TestedClips {
  #opened: { readonly key: string; readonly clips: Promise<ComparisonClips> } | undefined;

  /** @param cache where this machine keeps what any machine can make again */
  constructor(
    readonly folder: string,
    readonly cache: string,
  ) {}

  /** @throws UserError where the comparison does not say where its clips are, as those of earlier versions do not */
  async open(): Promise<ComparisonClips> {
    const { folder, cache } = this;
    const keys = await Promise.all([paths.index(folder), paths.clips(folder)].map(keyOf));
    const key = keys.join(' ');
    if (this.#opened?.key === key) return this.#opened.clips;
    const before = this.#opened;
    const clips = ComparisonClips.open(folder, { cache });
    this.#opened = { key, clips };
    clips.catch(() => {
      if (this.#opened?.clips === clips) this.#opened = undefined;
    });
    before?.clips.then((old) => old.close()).catch(() => undefined);
    return clips;
  }

  /** What there is to know of each clip without hearing it, by its id, or why it is not known. */
  async known(): Promise<ReadonlyMap<string, TestClip> | UserError> {
    try {
      const clips = await this.open();
      return new Map(clips.tested().map((clip) => [clip.id, clip]));
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  }
}
