import { type NoSettings, noSettings } from '../../registry.js';
import type { CorpusDefinition } from './definition.js';
import { loadNamedFiles } from './named-files.js';

const FILE_NAME = /^(\d)_([^_/]+)_(\d+)\.[wW][aA][vV]$/;

/** Labels of `{digit}_{speaker}_{take}.wav`; undefined for any other name. */
export function digitLabels(file: string): { digit: string; speaker: string; take: string } | undefined {
  const [, digit, speaker, take] = FILE_NAME.exec(file) ?? [];
  return digit && speaker && take ? { digit, speaker, take } : undefined;
}

/** Free Spoken Digit Dataset. Its official test split is takes 0 to 4. */
export const fsdd: CorpusDefinition<'fsdd', NoSettings> = {
  name: 'fsdd',
  description: 'Free Spoken Digit Dataset: ten English digits by six speakers, fifty takes each, 8 kHz.',
  columns: ['digit', 'speaker', 'take'],
  source: { url: 'https://github.com/Jakobovski/free-spoken-digit-dataset', licence: 'CC BY-SA 4.0' },
  settings: noSettings,
  expects: 'a folder, or its subfolder "recordings", with files named {digit}_{speaker}_{take}.wav',
  create: (_, path) => loadNamedFiles(fsdd, path, { subfolder: 'recordings', labels: digitLabels }),
};
