import type { Clip } from '../clip.js';
import { AudioError } from './audio-error.js';

/** A segment may end this much after the file, in seconds: manifests round. */
const END_TOLERANCE = 0.01;

/** What is wrong with a clip's segment of a file that lasts `fileDuration` seconds; undefined when it lies inside. */
export function segmentProblem(clip: Clip, fileDuration: number): AudioError | undefined {
  const { path, start = 0, duration = 0 } = clip;
  if (!(start === 0 || start < fileDuration)) {
    return new AudioError(path, 'empty', `it ends at ${fileDuration} s, before the segment at ${start} s.`);
  }
  if (!(start + duration <= fileDuration + END_TOLERANCE)) {
    const wanted = `${duration} s from ${start} s`;
    return new AudioError(path, 'truncated', `it ends at ${fileDuration} s; the clip asks for ${wanted}.`);
  }
}

/** What is wrong with where a clip's noise begins in a recording of `noiseDuration` seconds; undefined if nothing. */
export function noiseProblem({ noise }: Clip, noiseDuration: number): AudioError | undefined {
  if (noise === undefined || noise.start < noiseDuration) return undefined;
  const detail = `it ends at ${noiseDuration} s, before the noise at ${noise.start} s.`;
  return new AudioError(noise.path, 'empty', detail);
}
