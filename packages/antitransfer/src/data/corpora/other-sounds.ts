import { isAudioName } from './list-files.js';

/** What names of sound and video end with, whoever reads it. */
const soundExtensions =
  /\.(3gp|aac|adts|aif|aifc|aiff|amr|ape|au|caf|dsf|m4a|m4b|mka|mkv|mov|mp2|mp4|mpc|nist|oga|ogv|ra|rf64|snd|sph|spx|tta|voc|w64|weba|webm|wma|wv)$/i;

/** Whether a name ends like that of sound that is not read. Hidden files (`.x`, `._x`) are none. */
export function isOtherSound(name: string): boolean {
  const isHidden = name.slice(name.lastIndexOf('/') + 1).startsWith('.');
  return !isHidden && soundExtensions.test(name) && !isAudioName(name);
}
