import { isAudioName, isHidden } from './list-files.js';

/** What names of sound and video end with whose formats are not read, or only under another ending. */
const otherEndings = /\.(ape|avi|dsf|dff|flv|mpc|mpg|mpeg|ogv|ra|ram|voc|wma|wmv)$/i;

/** Whether a name ends like that of sound that is not read. Hidden files (`.x`, `._x`) are none. */
export function isOtherSound(name: string): boolean {
  return !isHidden(name) && !isAudioName(name) && otherEndings.test(name);
}
