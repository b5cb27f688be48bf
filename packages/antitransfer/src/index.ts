export type { Clip, Corpus, NoiseMix } from './corpora/clip.js';
export { UserError } from './errors.js';
export type * from './experiments/results.js';
