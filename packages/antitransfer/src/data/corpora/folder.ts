import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { sum } from '../../numbers/mean.js';
import { codeUnitOrder } from '../../numbers/order.js';
import type { Corpus } from '../clip.js';
import type { CorpusDefinition } from './definition.js';
import { isAudioName, isHidden } from './list-files.js';
import { loadNamedFiles } from './named-files.js';
import { manifestFromNames } from './pattern-manifest.js';

const folderSettings = z.strictObject({
  levels: z
    .array(z.string())
    .optional()
    .describe('folder only: the label column of each level of folders, outermost first'),
  pattern: z
    .string()
    .optional()
    .describe(
      'folder only: how files are named below the folder, in place of `levels`; each named part is a label column: ' +
        '`"{speaker}_{take}_{word}.wav"` (docs/data.md)',
    ),
});

/** Any recordings, sorted into a folder for each class. */
export const folder: CorpusDefinition<'folder', typeof folderSettings> = {
  name: 'folder',
  description: 'Your own recordings, in a folder for each class; deeper levels of folders can be labels too.',
  columns: 'any',
  source: undefined,
  settings: folderSettings,
  expects:
    'a folder for each class, with audio files (WAV, FLAC, MP3, M4A, Ogg, WebM, AIFF …) in it or below it; or a pattern ' +
    'that says which labels the names of files hold, such as {speaker}_{take}_{word}.wav',
  async create({ levels, pattern }, path) {
    if (pattern === undefined) return loadLevels(levels ?? ['class'], path);
    if (levels === undefined) return loadPattern(pattern, path);
    throw new UserError(
      `The columns of a folder come from its levels (${levels.join(', ')}) or from a pattern ("${pattern}"), not from both. ` +
        'Leave one out; a pattern has levels, too: "{class}/{speaker}_{take}.wav".',
    );
  },
};

async function loadPattern(pattern: string, path: string): Promise<Corpus> {
  const { rows, leftOut } = await manifestFromNames(path, pattern);
  const found = sum([rows.length, ...leftOut.map(({ count }) => count)]);
  const clips = rows.map(({ file, labels }) => ({ id: file, path: resolve(path, file), labels }));
  return { name: folder.name, clips, inventory: { unit: 'files', found, leftOut } };
}

async function loadLevels(levels: readonly string[], path: string): Promise<Corpus> {
  if (levels.length === 0 || new Set(levels).size !== levels.length || levels.includes('')) {
    throw new UserError(`The levels of folders need different names; got ${JSON.stringify(levels)}.`);
  }
  const corpus = await loadNamedFiles(folder, path, {
    labels(file) {
      const folders = file.split('/').slice(0, -1);
      // Files above the class folders (a README's jingle) and hidden folders are no clips.
      if (!isAudioName(file) || folders.length === 0) return;
      if (folders.length < levels.length) {
        throw new UserError(
          `"${file}" in "${path}" lies in ${folders.length} folders; the levels ${JSON.stringify(levels)} ask for ` +
            `${levels.length}. Move it, or name fewer levels.`,
        );
      }
      return Object.fromEntries(levels.map((level, depth) => [level, itemAt(folders, depth)]));
    },
  });
  const warnings = await emptyFolders(path, levels, corpus);
  if (corpus.inventory === undefined || warnings.length === 0) return corpus;
  return { ...corpus, inventory: { ...corpus.inventory, warnings } };
}

/** That a folder which was made for a class holds nothing of it: of that class nothing is learned. */
async function emptyFolders(
  path: string,
  [level]: readonly string[],
  { clips }: Corpus,
): Promise<readonly string[]> {
  const filled = new Set(clips.map(({ id }) => id.split('/')[0]));
  const entries = await readdir(path, { withFileTypes: true });
  const empty = entries
    .filter((entry) => entry.isDirectory() && !isHidden(entry.name) && !filled.has(entry.name))
    .map(({ name }) => `"${name}"`)
    .sort(codeUnitOrder);
  if (empty.length === 0) return [];
  const [are, hold] = empty.length === 1 ? ['folder', 'holds'] : ['folders', 'hold'];
  return [`The ${are} ${empty.join(', ')} ${hold} no recording that is read: there is no such ${level}.`];
}
