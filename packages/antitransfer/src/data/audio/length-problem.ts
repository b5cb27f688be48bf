import {
  type Container,
  isUnknownSize,
  type Structure,
  type StructureProblem,
} from './containers/container.js';
import type { DecodedStream } from './ffmpeg/decoder.js';

/**
 * What is wrong with a stream that was decoded: packets that could not be, or fewer samples than its file promises.
 * FFmpeg would rather go on than say so.
 *
 * @param promised samples that the header promises exactly; undefined when it does not
 * @param enough samples behind which nothing is missing
 */
export function lengthProblem(
  stream: DecodedStream,
  container: Container,
  { promised, enough = Number.POSITIVE_INFINITY }: Pick<Structure, 'promised' | 'enough'>,
): StructureProblem | undefined {
  const { samples, packets, damaged, damagedInside, messages } = stream;
  const said = messages.find((line) => line.startsWith('E'))?.slice(1);
  if (damagedInside > 0) {
    const detail = `${damagedInside} of its ${packets} packets of ${stream.codec} cannot be decoded`;
    return { reason: 'damaged', detail: said === undefined ? detail : `${detail} (${said})` };
  }
  if (promised !== undefined && samples < promised) {
    return { reason: 'truncated', detail: `its header promises ${promised} samples, it holds ${samples}` };
  }
  // What cannot be decoded behind all that was promised is no loss.
  if (promised !== undefined) return undefined;
  const stated = isUnknownSize(stream.statedSamples ?? 0) ? undefined : stream.statedSamples;
  // Bytes behind the last whole sample are an error to FFmpeg, and no loss.
  const isAll = samples >= enough || (stream.codec.startsWith('pcm_') && samples >= (stated ?? 0));
  const isRest = damaged <= 1 && isAll;
  if (container.lengthIn === 'bytes' && isRest) return undefined;
  if (damaged > 0) {
    const detail = `its ${stream.codec} breaks off after ${samples} samples`;
    return { reason: 'truncated', detail: said === undefined ? detail : `${detail} (${said})` };
  }
  if (messages.some((line) => line.includes('ended prematurely'))) {
    return { reason: 'truncated', detail: `its ${stream.codec} breaks off after ${samples} samples` };
  }
  if (container.lengthIn === 'elements' && said !== undefined) {
    return {
      reason: 'damaged',
      detail: `after ${samples} samples of ${stream.codec} it goes wrong (${said})`,
    };
  }
  // QuickTime lists every sample of PCM as one, FFmpeg reads a thousand at once.
  const isListed = container.lengthIn === 'packets' && !stream.codec.startsWith('pcm_');
  if (isListed && packets < stream.statedPackets) {
    return { reason: 'truncated', detail: `it lists ${stream.statedPackets} packets, it holds ${packets}` };
  }
  // Durations are rounded to packets, and count what the encoder put before the sound and behind it.
  if (stated !== undefined && samples + 2 * stream.longestPacket < stated) {
    return { reason: 'truncated', detail: `its header promises ${stated} samples, it holds ${samples}` };
  }
}
