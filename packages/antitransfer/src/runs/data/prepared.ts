import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '../../data/clip.js';
import { type Dataset, encodeLabels } from '../../learning/training/dataset.js';

/** A comparison's data, ready to be trained on: what is stored beside the file with the features. Plain data. */
export interface Prepared {
  /** Every clip that any training looks at, in the order of the features. */
  readonly clips: readonly Clip[];
  /** `[1, frames, bins]` of each clip's features. */
  readonly shape: readonly [number, number, number];
  readonly targetClasses: readonly string[];
  readonly rounds: readonly Round[];
}

/** The data of one seed (and fold): places of clips in {@link Prepared.clips}. */
export interface Round {
  readonly seed: number;
  readonly fold: number | undefined;
  readonly description: string;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
  /** Of the test clips: those whose orthogonal label contradicts the confound of the training clips. */
  readonly contradicting: readonly number[] | undefined;
  /** For each orthogonal task of the configuration, in its order. */
  readonly orthogonal: readonly OrthogonalRound[];
}

export interface OrthogonalRound {
  readonly classes: readonly string[];
  readonly train: readonly number[];
  readonly validation: readonly number[];
}

const featuresFile = 'features.f32';
const listFile = 'prepared.json';

/** Stores prepared data in a folder; the list appears last, when the features are complete. */
export async function savePrepared(
  folder: string,
  prepared: Prepared,
  features: Float32Array,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, featuresFile),
    new Uint8Array(features.buffer, features.byteOffset, features.byteLength),
  );
  const draft = join(folder, `${listFile}.${process.pid}`);
  await writeFile(draft, JSON.stringify(prepared));
  await rename(draft, join(folder, listFile));
}

/** Reads the list of prepared data; `undefined` when the folder holds none. */
export async function loadPrepared(folder: string): Promise<Prepared | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, listFile), 'utf8')) as Prepared;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Reads the features of some clips, not standardised, with their labels of one column. */
export async function readDataset(
  folder: string,
  prepared: Prepared,
  places: readonly number[],
  column: string,
  classes: readonly string[],
): Promise<Dataset> {
  const size = prepared.shape.reduce((a, b) => a * b, 1);
  const features = new Float32Array(places.length * size);
  const file = await open(join(folder, featuresFile));
  try {
    for (const [row, place] of places.entries()) {
      const bytes = new Uint8Array(features.buffer, row * size * 4, size * 4);
      await file.read(bytes, 0, bytes.length, place * size * 4);
    }
  } finally {
    await file.close();
  }
  const labels = places.map((place) => prepared.clips[place]?.labels[column]);
  return { shape: prepared.shape, features, labels: encodeLabels(labels, classes, column) };
}
