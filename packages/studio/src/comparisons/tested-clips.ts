import { ComparisonClips, paths, type TestClip, UserError } from 'antitransfer/runs';
import { keyOf } from './kept-file.js';

/** Clips that were replaced stay open so long, in milliseconds. */
const OUTLIVED = 60_000;

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
    // Whoever reads from those of before comes to an end first.
    if (before !== undefined) setTimeout(() => closed(before.clips), OUTLIVED).unref();
    return clips;
  }

  /** Closes their files. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened !== undefined) await closed(opened.clips);
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

/** What could not be opened need not be closed. */
async function closed(clips: Promise<ComparisonClips>): Promise<void> {
  await clips.then((opened) => opened.close()).catch(() => undefined);
}
