import { foreignFile } from 'onnx-autograd';
import { messageOf } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { AudioError } from './audio-error.js';
import type { Container, Structure } from './containers/container.js';
import { containerOf, containers } from './containers/registry.js';
import { behindNotes, secondRecording } from './containers/second-recording.js';
import { withoutTags } from './containers/tags.js';
import { type DecodedStream, FfmpegError, type Planes } from './ffmpeg/decoder.js';
import { lengthProblem } from './length-problem.js';
import { ChannelMixer, TooLongError } from './mix-channels.js';
import { pcmFormat, readPcm } from './pcm.js';
import { readAudioFile } from './read-audio-file.js';
import { isConvertible, sampleRates } from './resample.js';
import { cancelledOut, refuseAbsurd, requireChannel } from './sample-problems.js';

/** A decoded recording of one channel. */
export interface Audio {
  /** In [-1, 1], shape (samples). */
  readonly samples: Float32Array;
  /** In Hz. Opus always decodes at 48000. */
  readonly sampleRate: number;
  /** What a header or a flag gets wrong about sound that is whole, a sentence each: nothing to mend. */
  readonly notes: readonly string[];
}

/** What is taken of a recording. */
export interface DecodeOptions {
  /** Which channel to take, from 1; the mean of all when absent. */
  readonly channel?: number | undefined;
}

/**
 * Decodes a recording to one channel: WAV, FLAC, MP3, Ogg (Opus, Vorbis, FLAC, Speex), M4A and 3GP (AAC, ALAC), WebM,
 * AIFF, AU, CAF, W64, RF64, SPHERE, AMR, and what else is in `containers/registry.ts`; PCM, A-law, mu-law, ADPCM, GSM …
 * in them. The format is known by the file's first bytes, not by its name.
 *
 * ```ts
 * const { samples, sampleRate } = await decodeAudioFile('7_theo_0.wav');
 * samples.length / sampleRate; // seconds
 * ```
 *
 * @throws AudioError when the file is missing, unreadable (or of another format, or at a rate below 1000 or above
 * 192000 Hz), empty, truncated, damaged, too long for memory, or far louder than full scale; when its channels cancel in
 * their mean, or the one asked for is not there
 */
export async function decodeAudioFile(path: string, options: DecodeOptions = {}): Promise<Audio> {
  return decodeAudio(path, await readAudioFile(path), options);
}

/**
 * Decodes the bytes of a recording to one channel.
 *
 * @param path what errors call it
 * @throws AudioError as {@link decodeAudioFile}
 */
export async function decodeAudio(
  path: string,
  file: Uint8Array,
  { channel }: DecodeOptions = {},
): Promise<Audio> {
  const mixer = new ChannelMixer(channel);
  // Two megabytes of WebAssembly: loaded when the first recording needs it.
  const decode = async (part: Uint8Array, take: TakeBlock) =>
    (await import('./ffmpeg/shared.js')).ffmpeg.decode(part, take);
  const { notes } = await decodeInto(path, file, channel, mixer, decode);
  const samples = mixer.samples();
  refuseAbsurd(path, samples);
  return { samples, sampleRate: itemAt(mixer.sampleRates, 0), notes };
}

/** What was decoded. */
export interface Decoded {
  /** What a header or a flag gets wrong about sound that is whole, a sentence each. */
  readonly notes: readonly string[];
  /** What a decoder was given, one recording behind another; none where the samples needed no decoder. */
  readonly parts: readonly DecodedPart[];
}

export interface DecodedPart {
  readonly bytes: Uint8Array;
  /** Samples a channel that belong to the recording; a decoder gives whole packets, which may be more. */
  readonly samples: number;
}

type TakeBlock = (planes: Planes, sampleRate: number) => void;

/**
 * Decodes a file's bytes into a mixer, and looks whether they are whole and of use.
 *
 * @param decode a decoder of one part
 * @throws AudioError as {@link decodeAudioFile}, but for samples that are no sound
 */
export async function decodeInto(
  path: string,
  file: Uint8Array,
  channel: number | undefined,
  mixer: ChannelMixer,
  decode: (part: Uint8Array, take: TakeBlock) => Promise<DecodedStream>,
): Promise<Decoded> {
  if (file.length === 0) throw new AudioError(path, 'empty', 'it has no bytes. Record or copy it again.');
  const { bytes, notes: tagNotes } = withoutTags(file);
  const container = containerOf(bytes);
  if (container === undefined) {
    const foreign = foreignFile(bytes) ?? foreignFile(file);
    if (foreign !== undefined) throw new AudioError(path, 'unreadable', `it is no sound, but ${foreign}.`);
    const names = containers.map(({ name }) => name).join(', ');
    throw new AudioError(path, 'unreadable', `it is none of the supported formats (${names}). Convert it.`);
  }
  try {
    const structure = container.inspect?.(bytes) ?? {};
    const problem = structure.problem ?? secondRecording(bytes, container);
    if (problem) throw new AudioError(path, problem.reason, remedied(problem));
    const plain = readPlain(bytes, container, mixer);
    const { notes, parts } =
      plain === undefined
        ? await decodeParts(path, bytes, container, structure, mixer, decode)
        : { notes: plain, parts: [] };
    requireUsable(path, mixer, channel);
    const said = [...tagNotes, ...(structure.notes ?? []), ...notes, ...behindNotes(bytes, container)];
    return { notes: said, parts };
  } catch (error) {
    if (error instanceof AudioError) throw error;
    if (error instanceof TooLongError) {
      const detail = `${error.message}. Cut it into shorter recordings.`;
      throw new AudioError(path, 'too long', detail, { cause: error });
    }
    if (error instanceof RangeError) {
      const detail = `there is no memory for it (${error.message}). Cut it into shorter recordings.`;
      throw new AudioError(path, 'too long', detail, { cause: error });
    }
    const detail = `as ${container.name}: ${messageOf(error)}`;
    const reason = error instanceof FfmpegError && error.isEnd ? 'truncated' : 'unreadable';
    throw new AudioError(path, reason, remedied({ reason, detail }), { cause: error });
  }
}

/** The quick way, for WAV files that need no decoder; undefined for others. */
function readPlain(bytes: Uint8Array, container: Container, mixer: ChannelMixer): string[] | undefined {
  const format = container.name === 'WAV' ? pcmFormat(bytes) : undefined;
  return format && readPcm(bytes, format, mixer.take).notes;
}

async function decodeParts(
  path: string,
  bytes: Uint8Array,
  container: Container,
  { parts = [bytes], ends = [], promised, enough }: Structure,
  mixer: ChannelMixer,
  decode: (part: Uint8Array, take: TakeBlock) => Promise<DecodedStream>,
): Promise<Decoded> {
  const notes: string[] = [];
  const decoded: DecodedPart[] = [];
  for (const [index, part] of parts.entries()) {
    const before = mixer.length;
    const stream = await decode(part, mixer.take);
    if (stream.codec.startsWith('g726')) throw new AudioError(path, 'unreadable', mistakenG726);
    const problem = lengthProblem(stream, container, { promised, enough });
    if (problem) throw new AudioError(path, problem.reason, remedied(problem));
    const surplus = stream.samples - (ends[index] ?? stream.samples);
    // More than a packet, and the word is about something else, such as a stream that was cut out of another.
    if (surplus > 0 && surplus <= stream.longestPacket) mixer.drop(surplus);
    decoded.push({ bytes: part, samples: mixer.length - before });
    if (stream.damaged > 0) {
      const what = stream.damaged === 1 ? '1 packet' : `${stream.damaged} packets`;
      notes.push(`${what} behind its last sample cannot be decoded: other bytes`);
    }
    if (promised !== undefined && surplus === 0 && stream.samples > promised) {
      notes.push(`its header promises ${promised} samples, it holds ${stream.samples}`);
    }
  }
  return { notes, parts: decoded };
}

/** FFmpeg’s decoder of it gives another loudness (of five bits half), 4 to 16 dB above its errors where libsndfile has 20 to 31. */
const mistakenG726 = 'its encoding, G.726 (or G.721, G.723), is not read. Convert it.';

function remedied({ reason, detail }: { reason: string; detail: string }): string {
  return reason === 'unreadable' ? `${detail}.` : `${detail}. Copy it again from the source.`;
}

/** Looks whether what came out is one recording that can be used. */
function requireUsable(path: string, mixer: ChannelMixer, channel: number | undefined): void {
  const [sampleRate, otherRate] = mixer.sampleRates;
  if (sampleRate === undefined) {
    throw new AudioError(path, 'empty', 'it holds no samples. Record or copy it again.');
  }
  requireChannel(path, channel, mixer.channels);
  if (otherRate !== undefined) {
    const detail = `its sample rate changes from ${sampleRate} to ${otherRate} Hz within. Convert it.`;
    throw new AudioError(path, 'unreadable', detail);
  }
  if (!isConvertible(sampleRate)) {
    const { lowest, highest } = sampleRates;
    const range = `only rates from ${lowest} to ${highest} Hz can be used`;
    throw new AudioError(path, 'unreadable', `its sample rate is ${sampleRate} Hz; ${range}. Convert it.`);
  }
  if (mixer.cancels) throw cancelledOut(path, mixer.channels);
}
