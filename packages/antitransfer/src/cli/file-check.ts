import type { CorpusAccount } from '../data/account/account.js';
import { corpusLines } from '../data/account/text.js';
import type { AudioProblem } from '../data/audio/audio-error.js';
import type { Clip } from '../data/clip.js';
import { checkFiles, type FileCheck } from '../data/corpora/check.js';
import type { CheckOptions } from '../data/corpora/inspector.js';
import { ProgressLine } from './progress-line.js';
import { sentence } from './sentence.js';

/** Looks at every file, and shows how far it is. */
export async function lookAt(clips: readonly Clip[], options: CheckOptions): Promise<FileCheck> {
  const progress = new ProgressLine('Decoding');
  try {
    return await checkFiles(clips, progress.count, undefined, options);
  } finally {
    progress.finish();
  }
}

/** `6 of 15 files are used; 9 are no sound (.docx).`; nothing when all are. */
export function leftOutLines(account: CorpusAccount): string[] {
  if (account.leftOut.length + account.renamed.length + account.warnings.length === 0) return [];
  return corpusLines(account).map((line) => sentence(line));
}

/** How many files have notes. */
export function notesText({ notes }: FileCheck): string {
  const files = new Set(notes.map(({ path }) => path)).size;
  return `Notes on ${filesText(files)}: the sound is whole by its own word; only a header, a flag, a tag or other bytes around it are odd.`;
}

/** Clips with nothing to hear are named apart: they are decoded, and a comparison without `segments` takes them. */
export function problemsText({ problems }: FileCheck): string {
  const of = (wanted: AudioProblem) => problems.filter(({ reason }) => reason === wanted).length;
  const [silent, short] = [of('silent'), of('too short')];
  const unusable = problems.length - silent - short;
  return [
    ...(unusable > 0 ? [`${unusable} cannot be used`] : []),
    ...(silent > 0 ? [`${silent} silent`] : []),
    ...(short > 0 ? [`${short} too short to hear anything`] : []),
  ].join(', ');
}

/** Files at each sample rate in Hz. */
export function ratesOf({ sampleRates }: FileCheck): Record<string, number> {
  return Object.fromEntries(sampleRates);
}

/** `Sample rates: 8000 Hz (3 files)`. */
export function ratesText({ sampleRates }: FileCheck): string {
  const rates = [...sampleRates].map(([rate, files]) => `${rate} Hz (${filesText(files)})`);
  return `Sample rates: ${rates.join(', ') || 'none'}`;
}

/** `1 file`, `3 files`. */
export function filesText(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
