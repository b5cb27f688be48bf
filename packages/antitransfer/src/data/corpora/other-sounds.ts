import { isAudioName, isHidden } from './list-files.js';

/** What names of sound and video end with whose formats are not read, or only under another ending. */
const otherEndings =
  /\.(8svx|ac3|ape|avi|ds2|dsf|dff|dss|dts|eac3|flv|g722|gsm|mpc|mpg|mpeg|ogv|paf|pcm|ra|ram|raw|sln|voc|vox|wma|wmv)$/i;

/** Whether a name ends like that of sound that is not read. Hidden files (`.x`, `._x`) are none. */
export function isOtherSound(name: string): boolean {
  return !isHidden(name) && !isAudioName(name) && otherEndings.test(name);
}
