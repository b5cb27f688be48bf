import { FfmpegDecoder } from './decoder.js';

/** One decoder a process, compiled when the first file needs it: whoever needs it imports this module then. */
export const ffmpeg = await FfmpegDecoder.load();
