import { join } from 'node:path';
import type { LeftOutTally } from '../account/account.js';
import { endingOf, isAudioName, isHidden, listFiles } from './list-files.js';
import { isOtherSound } from './other-sounds.js';
import { soundByBytes } from './sound-by-bytes.js';

/**
 * Counts a file that is no clip, by what its name says of why; what is named like no recording, and is one by its first bytes,
 * is told apart.
 *
 * @param file its path below the corpus's folder
 * @param folder that one
 */
export function addLeftOut(tally: LeftOutTally, file: string, folder: string): void {
  if (isHidden(file)) tally.add('hidden', '', file);
  else if (isAudioName(file)) tally.add('name', '', file);
  else if (isOtherSound(file)) tally.add('format', endingOf(file), file);
  else {
    const sound = soundByBytes(join(folder, file));
    if (sound === undefined) tally.add('no-sound', endingOf(file), file);
    else tally.add('ending', sound, file);
  }
}

/**
 * The files of a corpus's folder, as {@link listFiles} lists them; what is none is counted.
 *
 * @param above stands before their paths where they are counted
 */
export function listCounted(folder: string, tally: LeftOutTally, above = ''): Promise<string[]> {
  return listFiles(folder, (path) => tally.add('no-file', '', `${above}${path}`));
}
