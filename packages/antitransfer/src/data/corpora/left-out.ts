import type { LeftOutTally } from '../account/account.js';
import { endingOf, isAudioName, isHidden, listFiles } from './list-files.js';
import { isOtherSound } from './other-sounds.js';

/**
 * Counts a file that is no clip, by what its name says of why.
 *
 * @param file its path below the corpus's folder
 */
export function addLeftOut(tally: LeftOutTally, file: string): void {
  if (isHidden(file)) tally.add('hidden', '', file);
  else if (isAudioName(file)) tally.add('name', '', file);
  else tally.add(isOtherSound(file) ? 'format' : 'no-sound', endingOf(file), file);
}

/**
 * The files of a corpus's folder, as {@link listFiles} lists them; what is none is counted.
 *
 * @param above stands before their paths where they are counted
 */
export function listCounted(folder: string, tally: LeftOutTally, above = ''): Promise<string[]> {
  return listFiles(folder, (path) => tally.add('no-file', '', `${above}${path}`));
}
