import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryOf, itemAt } from '../../lookup.js';
import type { Clip } from '../clip.js';

/**
 * Which clips are of one recording: those whose paths lead to one file, whatever segment of it they are and whatever
 * noise is mixed in. `a.wav`, `./a.wav` and a link to it are one file. A path that leads nowhere is its own file.
 */
export class Recordings {
  /** By path as given: a look at the disk takes microseconds, and there are as many paths as clips. */
  readonly #files = new Map<string, string>();

  /** The clip's recording; equal for clips of one file. */
  of({ path }: Pick<Clip, 'path'>): string {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = realPath(path);
    this.#files.set(path, file);
    return file;
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
    const parents = new Map(labels.map((label) => [label, label]));
    const root = (label: string): string => {
      const parent = entryOf(parents, label);
      return parent === label ? label : root(parent);
    };
    const labelOf = new Map<string, string>();
    for (const [index, clip] of clips.entries()) {
      const label = itemAt(labels, index);
      const other = labelOf.get(this.of(clip));
      if (other === undefined) labelOf.set(this.of(clip), label);
      else parents.set(root(label), root(other));
    }
    return labels.map(root);
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
