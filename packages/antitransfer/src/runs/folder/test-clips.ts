import { relative, resolve } from 'node:path';
import { z } from 'zod';
import type { Clip } from '../../data/clip.js';
import { canonicalJson } from '../../files/canonical-json.js';
import { readJson, writeJson } from '../../files/json-file.js';
import { itemAt } from '../../lookup.js';
import type { PreparedData } from '../data/prepare.js';
import { digest } from '../store/clip-set.js';
import { paths } from './paths.js';

const storedClip = z.strictObject({
  id: z.string(),
  /** From the comparison's folder; of the demo corpus from where the machine keeps that. */
  path: z.string(),
  start: z.number().optional(),
  duration: z.number().optional(),
  labels: z.record(z.string(), z.string()),
  /** Its path is from the comparison's folder. */
  noise: z.strictObject({ path: z.string(), start: z.number(), snr: z.number() }).optional(),
  /** Which one it is a window of. */
  windowOf: z.int().nonnegative().optional(),
});

type StoredClip = z.infer<typeof storedClip>;

const testClips = z.strictObject({
  version: z.literal(1),
  /** Each once, however many repetitions test it. */
  clips: z.array(storedClip),
  repetitions: z.array(
    z.strictObject({
      /** The set of its test clips, and which clips these are, in its order. */
      test: digest,
      clips: z.array(z.int().nonnegative()),
      /** The set of its training clips: features are standardised by their sound. */
      standardisation: digest,
    }),
  ),
});

/** What the networks of one repetition were tested with. */
export interface TestOfRepetition {
  /** The set. */
  readonly test: string;
  /** In its order. */
  readonly clips: readonly Clip[];
  /** The set of the training clips, by whose sound features are standardised. */
  readonly standardisation: string;
}

/**
 * Leaves in a comparison's folder what its test clips are and where their recordings lie: the store knows their sound only, and
 * to find them again the corpus would have to be gone through, and noise mixed and clips cut anew.
 *
 * @param corpus where the demo corpus is, where the clips are of that
 * @throws FileError when it cannot be written
 */
export async function writeTestClips(
  folder: string,
  corpus: string | null,
  repetitions: PreparedData['repetitions'],
): Promise<void> {
  const list = new ClipList(folder, corpus ?? folder);
  const tested = repetitions.map(({ test, standardisation }) => ({
    test: test.digest,
    clips: test.clips.map((clip) => list.indexOf(clip)),
    standardisation: standardisation.digest,
  }));
  const content: z.infer<typeof testClips> = { version: 1, clips: list.clips, repetitions: tested };
  await writeJson(paths.clips(folder), content);
}

/** Clips with paths from a folder, each once. */
class ClipList {
  readonly clips: StoredClip[] = [];
  readonly #indices = new Map<string, number>();

  constructor(
    readonly folder: string,
    /** Where paths of recordings are from. */
    readonly from: string,
  ) {}

  indexOf({ id, path, start, duration, labels, noise, whole }: Clip): number {
    const stored: StoredClip = {
      id,
      path: relative(this.from, path),
      ...(start !== undefined && { start }),
      ...(duration !== undefined && { duration }),
      labels: { ...labels },
      ...(noise && { noise: { ...noise, path: relative(this.folder, noise.path) } }),
      ...(whole && { windowOf: this.indexOf(whole) }),
    };
    const name = canonicalJson(stored);
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.clips.length);
    return this.clips.push(stored) - 1;
  }
}

/**
 * What {@link writeTestClips} left, a repetition after another; `undefined` when there is nothing.
 *
 * @param corpus where the demo corpus is, where the clips are of that
 * @throws DamagedFileError when the file is damaged or of another version
 */
export async function readTestClips(
  folder: string,
  corpus: string | null,
): Promise<TestOfRepetition[] | undefined> {
  const found = await readJson(paths.clips(folder), testClips);
  if (found === undefined) return undefined;
  const clips: Clip[] = [];
  // What a clip is a window of stands before it.
  for (const stored of found.clips) clips.push(clipOf(stored, folder, corpus ?? folder, clips));
  return found.repetitions.map(({ clips: indices, ...repetition }) => ({
    ...repetition,
    clips: indices.map((index) => itemAt(clips, index)),
  }));
}

function clipOf(
  { id, path, start, duration, labels, noise, windowOf }: StoredClip,
  folder: string,
  from: string,
  before: readonly Clip[],
): Clip {
  return {
    id,
    path: resolve(from, path),
    labels,
    ...(start !== undefined && { start }),
    ...(duration !== undefined && { duration }),
    ...(noise && { noise: { ...noise, path: resolve(folder, noise.path) } }),
    ...(windowOf !== undefined && { whole: itemAt(before, windowOf) }),
  };
}
