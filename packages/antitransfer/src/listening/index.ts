// "antitransfer/listening": finds sounds in what a microphone says, and brings them to a model's rate, for pages that send
// them elsewhere. Runs anywhere. Experimental.

export { isSaid } from './said.js';
export { type Sound, SoundFinder, type SoundFinderOptions } from './sound-finder.js';
export { StreamResampler } from './stream-resampler.js';
