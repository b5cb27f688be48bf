import { z } from 'zod';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import type { CorpusDefinition } from './definition.js';
import { isAudioName } from './list-files.js';
import { loadNamedFiles } from './named-files.js';

const folderSettings = z.strictObject({
  levels: z
    .array(z.string())
    .optional()
    .describe('folder only: the label column of each level of folders, outermost first'),
});

/** Any recordings, sorted into a folder for each class. */
export const folder: CorpusDefinition<'folder', typeof folderSettings> = {
  name: 'folder',
  description: 'Your own recordings, in a folder for each class; deeper levels of folders can be labels too.',
  columns: 'any',
  source: undefined,
  settings: folderSettings,
  expects:
    'a folder for each class, with audio files (WAV, FLAC, MP3, M4A, Ogg, WebM, AIFF …) in it or below it',
  async create({ levels = ['class'] }, path) {
    if (levels.length === 0 || new Set(levels).size !== levels.length || levels.includes('')) {
      throw new UserError(`The levels of folders need different names; got ${JSON.stringify(levels)}.`);
    }
    return loadNamedFiles(folder, path, {
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
  },
};
