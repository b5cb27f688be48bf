import { aiff } from './aiff.js';
import { au } from './au.js';
import { matroska, mp4 } from './boxes.js';
import { caf } from './caf.js';
import { sphere, w64 } from './chunks.js';
import type { Container } from './container.js';
import { flac } from './flac.js';
import { adts, amr, mpegAudio, wavPack } from './mpeg.js';
import { ogg } from './ogg.js';
import { riff } from './riff.js';
import { trueAudio } from './true-audio.js';

/** Every kind of file that is read, those first that their first bytes tell. One test runs over all of them. */
export const containers: readonly Container[] = [
  riff,
  flac,
  ogg,
  mp4,
  matroska,
  aiff,
  w64,
  au,
  caf,
  sphere,
  amr,
  wavPack,
  trueAudio,
  // Frames without a header for the whole are recognised last.
  mpegAudio,
  adts,
];

/** What file names of sound end with, in lower case. */
export const audioEndings: ReadonlySet<string> = new Set(containers.flatMap(({ endings }) => endings));

/** The kind of a file, by its bytes; undefined when it is none that is read. */
export function containerOf(bytes: Uint8Array): Container | undefined {
  return containers.find((container) => container.recognises(bytes));
}
