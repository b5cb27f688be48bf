import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { groupBy } from '../../group-by.js';
import { itemAt } from '../../lookup.js';
import { sum } from '../../numbers/mean.js';
import type { Clip } from '../clip.js';
import { sameContent } from './same-content.js';

/** What is known of clips beside their files. */
export interface RecordingsOptions {
  /** Label column whose labels stay together, too, as the speakers of a corpus that asks for it. */
  readonly column?: string | undefined;
  /** Clips that sound the same when they are decoded, such as copies in another format: each list is one recording. */
  readonly alike?: readonly (readonly Clip[])[];
  /** Those of the same clips, or of these and others: what is in files is not looked up again. */
  readonly known?: Recordings | undefined;
}

/** How many clips are kept together, and why. */
export interface GroupedRecordings {
  /** Files with more than one clip, and the clips in them. */
  readonly shared: { readonly files: number; readonly clips: number };
  /** Files with the bytes of another one. */
  readonly copies: number;
  /** Clips that sound like another one, of another file with other bytes. */
  readonly alike: number;
  /** Labels that stay together. */
  readonly groups: { readonly column: string; readonly count: number } | undefined;
}

/**
 * Which clips are of one recording: those whose paths lead to one file, whatever segment of it they are and whatever
 * noise is mixed in, and those of files with the same bytes. `a.wav`, `./a.wav` and a link to it are one file. A path that
 * leads nowhere is its own file.
 */
export class Recordings {
  /** By path as given: a look at the disk takes microseconds, and there are as many paths as clips. */
  readonly #files: Map<string, string>;
  /** The first file with the same bytes. */
  readonly #copies: ReadonlyMap<string, string>;
  readonly #joined = new Joined();
  readonly #column: string | undefined;
  readonly #grouped: GroupedRecordings;

  /** @param clips all that may be asked for: content is compared among their files */
  constructor(clips: readonly Clip[], { column, alike = [], known }: RecordingsOptions = {}) {
    this.#column = column;
    this.#files = known === undefined ? new Map() : known.#files;
    const files = new Set(clips.map((clip) => this.#fileOf(clip)));
    this.#copies = known === undefined ? sameContent([...files]) : known.#copies;
    for (const [copy, first] of this.#copies) this.#joined.join(copy, first);
    const groups = new Map<string, string>();
    for (const clip of clips) {
      const label = column === undefined ? undefined : clip.labels[column];
      if (label === undefined) continue;
      const first = groups.get(label) ?? this.#fileOf(clip);
      groups.set(label, first);
      this.#joined.join(this.#fileOf(clip), first);
    }
    let sounding = 0;
    for (const [first, ...others] of alike) {
      if (first === undefined) continue;
      for (const other of others) {
        const [one, two] = [this.#fileOf(other), this.#fileOf(first)];
        if (one !== two && !this.#isCopy(one, two)) sounding++;
        this.#joined.join(one, two);
      }
    }
    this.#grouped = {
      shared: sharedFiles(clips, (clip) => this.#fileOf(clip)),
      copies: files.size - new Set([...files].map((file) => this.#contentOf(file))).size,
      alike: sounding,
      groups: column === undefined ? undefined : { column, count: groups.size },
    };
  }

  /** What is kept together among the clips that it was made of. */
  get grouped(): GroupedRecordings {
    return this.#grouped;
  }

  /** The clip's recording; equal for clips that belong on one side. */
  of({ path }: Pick<Clip, 'path'>): string {
    return this.#joined.root(this.#fileOf({ path }));
  }

  /** What makes two clips of one recording one: their file, its bytes, or only how they sound or whom they are of. */
  relation(one: Clip, other: Clip): 'file' | 'copy' | 'alike' {
    const [a, b] = [this.#fileOf(one), this.#fileOf(other)];
    if (a === b) return 'file';
    return this.#isCopy(a, b) ? 'copy' : 'alike';
  }

  /** The label column whose labels are kept together. */
  get column(): string | undefined {
    return this.#column;
  }

  #fileOf({ path }: Pick<Clip, 'path'>): string {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = realPath(path);
    this.#files.set(path, file);
    return file;
  }

  #isCopy(one: string, other: string): boolean {
    return this.#contentOf(one) === this.#contentOf(other);
  }

  /** The first file with the bytes of a file. */
  #contentOf(file: string): string {
    return this.#copies.get(file) ?? file;
  }

  /** The clips of each recording, in the order of their first clips. */
  group(clips: readonly Clip[]): Map<string, Clip[]> {
    const grouped = new Map<string, Clip[]>();
    for (const clip of clips) {
      const members = grouped.get(this.of(clip));
      if (members) members.push(clip);
      else grouped.set(this.of(clip), [clip]);
    }
    return grouped;
  }

  /** Whether every clip is a recording of its own. */
  areSingle(clips: readonly Clip[]): boolean {
    return new Set(clips.map((clip) => this.of(clip))).size === clips.length;
  }

  /**
   * The group of each clip where neither labels nor recordings may be divided: clips with one label are one group, and
   * so are two labels that one recording holds, as those of two speakers in a dialogue.
   *
   * @param labels of each clip
   * @returns for each clip its label, or the first of those that hang together
   */
  joinGroups(clips: readonly Clip[], labels: readonly string[]): string[] {
    const joined = new Joined();
    const labelOf = new Map<string, string>();
    for (const [index, clip] of clips.entries()) {
      const label = itemAt(labels, index);
      const other = labelOf.get(this.of(clip));
      if (other === undefined) labelOf.set(this.of(clip), label);
      else joined.join(label, other);
    }
    return labels.map((label) => joined.root(label));
  }
}

/** Names that hang together, each chain with one root. */
class Joined {
  readonly #parents = new Map<string, string>();

  root(name: string): string {
    let root = name;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root))
      root = parent;
    if (root !== name) this.#parents.set(name, root);
    return root;
  }

  /** Puts a name, with all that hangs on it, below the root of another. */
  join(name: string, other: string): void {
    const [below, above] = [this.root(name), this.root(other)];
    if (below !== above) this.#parents.set(below, above);
  }
}

/** Files of several clips. The same clip of two tasks that learn from one corpus is one. */
function sharedFiles(clips: readonly Clip[], fileOf: (clip: Clip) => string): GroupedRecordings['shared'] {
  const ids = [...groupBy(clips, fileOf).values()].map((own) => new Set(own.map(({ id }) => id)).size);
  const several = ids.filter((count) => count > 1);
  return { files: several.length, clips: sum(several) };
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
