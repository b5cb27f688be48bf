import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NoSettings, noSettings } from '../../registry.js';
import type { CorpusDefinition } from './definition.js';
import { loadNamedFiles, recordingsFolder } from './named-files.js';

const FILE_NAME = /^([^_/][^/]*)\/([0-9a-f]+)_nohash_(\d+)\.[wW][aA][vV]$/;

/** The corpus's own lists of files; what is in neither is for training. */
const LISTS = { validation: 'validation_list.txt', testing: 'testing_list.txt' } as const;

const beside: readonly string[] = [...Object.values(LISTS), 'LICENSE', 'README.md'];

/** Minutes of noise: no clips, but what `data.noise` may name. */
const NOISES = '_background_noise_/';

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Google Speech Commands (Warden, arXiv 1804.03209), v0.01 or v0.02. Folders that begin with `_` hold no words. */
export const speechCommands: CorpusDefinition<'speech-commands', NoSettings> = {
  name: 'speech-commands',
  description: 'Google Speech Commands: single English words by many speakers, one second each, 16 kHz.',
  columns: ['word', 'speaker', 'take'],
  optionalColumns: ['list'],
  source: {
    url: 'https://arxiv.org/abs/1804.03209',
    licence: 'CC BY 4.0',
  },
  settings: noSettings,
  published: { seconds: 1, columns: { word: { labels: { keep: DIGITS, balance: 1000 } } } },
  expects: 'a folder for each word, with files named {speaker}_nohash_{take}.wav',
  async create(_, path) {
    const lists = await readLists(await recordingsFolder(speechCommands, path));
    const corpus = await loadNamedFiles(speechCommands, path, {
      accompanying: (file) => beside.includes(file) || file.startsWith(NOISES),
      labels(file) {
        const [, word, speaker, take] = FILE_NAME.exec(file) ?? [];
        if (!word || !speaker || !take) return undefined;
        const list = lists && { list: lists.get(file) ?? 'training' };
        return { word, speaker, take, ...list };
      },
    });
    // Speakers say a word several times, and some recordings are there twice: the corpus's own lists keep them together.
    return { ...corpus, group: 'speaker' };
  },
};

/** File to the list that names it; undefined when the corpus came without lists. */
async function readLists(folder: string): Promise<Map<string, string> | undefined> {
  const listOfFile = new Map<string, string>();
  let found = false;
  for (const [list, name] of Object.entries(LISTS)) {
    const text = await readFile(join(folder, name), 'utf8').catch(ignoreMissing);
    if (text === undefined) continue;
    found = true;
    for (const line of text.split(/\r?\n/)) if (line !== '') listOfFile.set(line, list);
  }
  return found ? listOfFile : undefined;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
