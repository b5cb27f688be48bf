import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudioFile } from '../../../src/data/audio/decode.js';
import { ChannelMixer } from '../../../src/data/audio/mix-channels.js';
import { ClipReader, readClip } from '../../../src/data/audio/read-clip.js';
import { SoundStream } from '../../../src/data/audio/sound-stream.js';
import { encodeWav } from '../../../src/data/audio/wav.js';
import { RecordingOpener } from '../../../src/data/segments/recording.js';
import { WavFile } from '../../../src/data/segments/wav-file.js';

let folder: string;
const at = (name: string) => join(folder, name);
const fixture = (name: string) => new URL(`../../fixtures/audio/${name}`, import.meta.url);
const clip = (name: string) => ({ id: name, path: at(name), labels: {} });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-recording-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Bytes of a WAV file with any number of channels, encoding and size of sample. */
function wav(
  { channels, encoding, bits, rate }: { channels: number; encoding: number; bits: number; rate: number },
  frames: number,
): Buffer {
  const random = new Random(7);
  const data = Buffer.alloc((frames * channels * bits) / 8);
  for (let i = 0; i < frames * channels; i++) {
    const value = 2 * random.uniform() - 1;
    if (encoding === 3 && bits === 32) data.writeFloatLE(value, 4 * i);
    else if (encoding === 3) data.writeDoubleLE(value, 8 * i);
    else if (bits === 8) data.writeUInt8(Math.floor(255 * random.uniform()), i);
    else data.writeIntLE(Math.floor(value * 2 ** (bits - 1)), (i * bits) / 8, bits / 8);
  }
  const head = Buffer.from(encodeWav(new Float32Array(0), rate));
  head.writeUInt16LE(encoding, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt16LE((channels * bits) / 8, 32);
  head.writeUInt16LE(bits, 34);
  head.writeUInt32LE(data.length, 40);
  head.writeUInt32LE(36 + data.length, 4);
  return Buffer.concat([head, data]);
}

describe('a WAV file that is read in parts', () => {
  it.each([
    { channels: 1, encoding: 1, bits: 16, rate: 8000 },
    { channels: 2, encoding: 1, bits: 24, rate: 8000 },
    { channels: 1, encoding: 1, bits: 8, rate: 8000 },
    { channels: 3, encoding: 3, bits: 32, rate: 8000 },
    { channels: 1, encoding: 3, bits: 64, rate: 8000 },
  ])(
    'has the samples that decoding it whole gives ($encoding, $bits bits, $channels channels)',
    async (form) => {
      await writeFile(at('form.wav'), wav(form, 5000));
      const whole = await readClip(clip('form.wav'), 8000);
      const file = await WavFile.open(at('form.wav'));
      expect(file?.frames).toBe(5000);
      expect(await file?.read(1234, 3456)).toEqual(whole.slice(1234, 3456));
      expect(await file?.read(0, 5000)).toEqual(whole);
      await file?.close();
    },
  );

  it('is none with more sound behind its samples, which the reader of whole files names', async () => {
    const one = wav({ channels: 1, encoding: 1, bits: 16, rate: 8000 }, 5001);
    const note = Buffer.from('LIST\x05\0\0\0INFOx\0', 'latin1');
    for (const behind of [one, Buffer.concat([note, one]), one.subarray(36)]) {
      await writeFile(at('more.wav'), Buffer.concat([one, behind]));
      expect(await WavFile.open(at('more.wav'))).toBeUndefined();
      await expect(readClip(clip('more.wav'), 8000)).rejects.toThrow(/a second recording|a second chunk/);
    }
    await writeFile(at('note.wav'), Buffer.concat([one, note]));
    const file = await WavFile.open(at('note.wav'));
    expect(file?.frames).toBe(5001);
    await file?.close();
  });

  it.each([
    [44100, 16000],
    [8000, 16000],
    [48000, 8000],
    [44100, 8000],
  ])('is resampled as the whole is, from %i to %i Hz', async (rate, wanted) => {
    await writeFile(at('rate.wav'), wav({ channels: 1, encoding: 1, bits: 16, rate }, 3 * rate));
    const whole = await readClip(clip('rate.wav'), wanted);
    const opener = new RecordingOpener(new ClipReader(), { sampleRate: wanted }, 0);
    const recording = await opener.open(clip('rate.wav'));
    expect(recording.length).toBe(whole.length);
    for (const [first, end] of [
      [0, 2000],
      [wanted, wanted + 5001],
      [whole.length - 777, whole.length],
    ] as const) {
      const part = await recording.read(first, end);
      expect(part).toHaveLength(end - first);
      const furthest = part.reduce(
        (worst, sample, i) => Math.max(worst, Math.abs(sample - whole[first + i]!)),
        0,
      );
      expect(furthest).toBeLessThan(1e-5);
    }
    await recording.close();
  });

  it('is read from a segment’s beginning to its end, which lie inside', async () => {
    await writeFile(at('talk.wav'), wav({ channels: 1, encoding: 1, bits: 16, rate: 8000 }, 16000));
    const opener = new RecordingOpener(new ClipReader(), { sampleRate: 8000 }, 0);
    for (const times of [{ start: 0.25 }, { duration: 0.5 }, { start: 0.3331, duration: 0.7 }]) {
      const segment = { ...clip('talk.wav'), ...times };
      const recording = await opener.open(segment);
      const whole = await readClip(segment, 8000);
      expect(recording.length).toBe(whole.length);
      expect(await recording.read(100, 900)).toEqual(whole.slice(100, 900));
      await recording.close();
    }
    await expect(opener.open({ ...clip('talk.wav'), start: 1.5, duration: 1 })).rejects.toThrow(
      /"[^"]*talk.wav" is truncated: it ends at 2 s; the clip asks for 1 s from 1.5 s/,
    );
    const noise = { path: at('talk.wav'), start: 0, snr: 10 };
    const noisy = { ...clip('talk.wav'), start: 0.5, duration: 0.5, noise };
    const mixed = await opener.open(noisy);
    expect(await mixed.read(0, 4000)).toEqual(await readClip(noisy, 8000));
  });

  it('is found behind other chunks', async () => {
    const bytes = wav({ channels: 1, encoding: 1, bits: 16, rate: 8000 }, 400);
    const other = Buffer.concat([Buffer.from('LIST\x05\0\0\0', 'latin1'), Buffer.alloc(6)]);
    await writeFile(at('chunks.wav'), Buffer.concat([bytes.subarray(0, 12), other, bytes.subarray(12)]));
    const file = await WavFile.open(at('chunks.wav'));
    expect(await file?.read(100, 300)).toEqual((await readClip(clip('chunks.wav'), 8000)).slice(100, 300));
    await file?.close();
  });

  it('is left to the decoder of whole files when it is shorter than its header says, or is no plain one', async () => {
    const bytes = wav({ channels: 1, encoding: 1, bits: 16, rate: 8000 }, 400);
    const law = Buffer.from(bytes);
    law.writeUInt16LE(7, 20);
    const cut = bytes.subarray(0, 500);
    // Extensible, 12 bits in 16: whether the upper or the lower ones is told by all samples together.
    const [form, rest] = [bytes.subarray(20, 36), bytes.subarray(36)];
    const extra = Buffer.alloc(24);
    extra.writeUInt16LE(22, 0);
    extra.writeUInt16LE(12, 2);
    extra.writeUInt16LE(1, 8);
    const loose = Buffer.concat([bytes.subarray(0, 16), Buffer.from([40, 0, 0, 0]), form, extra, rest]);
    loose.writeUInt16LE(0xfffe, 20);
    for (const [i, odd] of [
      law,
      loose,
      cut,
      Buffer.from('RIFF'),
      bytes.subarray(0, 40),
      Buffer.alloc(0),
    ].entries()) {
      await writeFile(at(`odd${i}.wav`), odd);
      expect(await WavFile.open(at(`odd${i}.wav`)), String(i)).toBeUndefined();
    }
  });

  it('is read to its end when it was streamed, and when a picture stands before its samples', async () => {
    const bytes = wav({ channels: 1, encoding: 1, bits: 16, rate: 8000 }, 400);
    const streamed = Buffer.from(bytes);
    streamed.writeUInt32LE(0xffffffff, 40);
    const picture = Buffer.concat([Buffer.from('APIC\0\0\x04\0', 'latin1'), Buffer.alloc(2 ** 18)]);
    const pictured = Buffer.concat([bytes.subarray(0, 12), picture, bytes.subarray(12)]);
    for (const [name, content] of Object.entries({ 'streamed.wav': streamed, 'pictured.wav': pictured })) {
      await writeFile(at(name), content);
      const file = await WavFile.open(at(name));
      expect(file?.frames, name).toBe(400);
      expect(await file?.read(100, 300), name).toEqual((await readClip(clip(name), 8000)).slice(100, 300));
      await file?.close();
    }
  });

  it('is an RF64 file, too, whose sizes take 64 bits', async () => {
    const path = fileURLToPath(fixture('users/RF64.rf64.wav'));
    const { samples } = await decodeAudioFile(path);
    const file = await WavFile.open(path);
    expect(await file?.read(0, samples.length)).toEqual(samples);
    await file?.close();
  });

  it('has the channel that is asked for, and is named when it has not', async () => {
    await writeFile(at('two.wav'), wav({ channels: 2, encoding: 1, bits: 16, rate: 8000 }, 400));
    const opener = new RecordingOpener(new ClipReader(), { sampleRate: 8000, channel: 2 }, 0);
    const recording = await opener.open(clip('two.wav'));
    const whole = await readClip(clip('two.wav'), 8000, { channel: 2 });
    expect(whole).not.toEqual(await readClip(clip('two.wav'), 8000));
    expect(await recording.read(100, 300)).toEqual(whole.slice(100, 300));
    await recording.close();
    await expect(WavFile.open(at('two.wav'), 3)).rejects.toThrow(
      /without that channel: it has 2 channels; channel 3 was asked for/,
    );
  });

  it('is named when its channels cancel, once all of it was read', async () => {
    const path = fileURLToPath(fixture('users/stereo_antiphase.wav'));
    const opener = (channel?: number) =>
      new RecordingOpener(new ClipReader(), { sampleRate: 16000, channel }, 0).open({
        id: 'a',
        path,
        labels: {},
      });
    const mean = await opener();
    await mean.read(0, mean.length);
    expect(() => mean.finish()).toThrow(/cancelled out: its 2 channels are opposite.*features.channel/);
    await mean.close();
    const left = await opener(1);
    await left.read(0, left.length);
    left.finish();
    await left.close();
  });

  it('names a sample that is no sound, and a file that shrinks', async () => {
    const bytes = wav({ channels: 1, encoding: 3, bits: 32, rate: 8000 }, 400);
    bytes.writeFloatLE(Number.NaN, 44 + 4 * 300);
    bytes.writeFloatLE(1e30, 44 + 4 * 200);
    await writeFile(at('nan.wav'), bytes);
    const file = await WavFile.open(at('nan.wav'));
    expect(await file?.read(0, 200)).toHaveLength(200);
    await expect(file?.read(100, 299)).rejects.toThrow(
      /"[^"]*nan.wav" is too loud: its sample 200 is 1.*e\+30/,
    );
    await expect(file?.read(250, 400)).rejects.toThrow(/is unreadable: its sample 300 is NaN/);
    await writeFile(at('nan.wav'), bytes.subarray(0, 100));
    await expect(file?.read(0, 100)).rejects.toThrow(/truncated/);
    await file?.close();
  });
});

/** Every kind of file that needs a decoder, some of which hold several recordings or more than their own end. */
const compressed = [
  'users/mp3-plain.mp3',
  'users/xing_counts_id3v2.mp3',
  'formats/gapless.mp3',
  'users/aac.m4a',
  'formats/fragmented.m4a',
  'formats/alac.m4a',
  'users/browser.webm',
  'formats/vorbis.webm',
  'tone.opus',
  'users/vorbis.ogg',
  'formats/chained.oga',
  'formats/chained.opus',
  'tone.flac',
  'users/AIFF.aiff',
  'users/ULAW.wav',
];

describe('a compressed recording that is read in parts', () => {
  const pathOf = (name: string) => fileURLToPath(fixture(name));
  const open = (name: string, sampleRate: number, channel?: number) =>
    new RecordingOpener(new ClipReader(), { sampleRate, channel }, 0).open({
      id: name,
      path: pathOf(name),
      labels: {},
    });

  it.each(compressed)('has the samples that decoding it whole gives, to the last: %s', async (name) => {
    const { samples, sampleRate } = await decodeAudioFile(pathOf(name));
    const recording = await open(name, sampleRate);
    expect(recording.length).toBe(samples.length);
    const hop = Math.ceil(samples.length / 7);
    for (let first = 0; first < samples.length; first += hop) {
      const end = Math.min(samples.length, first + 2 * hop);
      expect(await recording.read(first, end)).toEqual(samples.slice(first, end));
    }
    // Backwards it is decoded again.
    expect(await recording.read(10, 20)).toEqual(samples.slice(10, 20));
    recording.finish();
    await recording.close();
  });

  it('is resampled as the whole is, with the channel that is asked for', async () => {
    const whole = await readClip({ id: 'a', path: pathOf('tone.flac'), labels: {} }, 8000, { channel: 2 });
    const recording = await open('tone.flac', 8000, 2);
    expect(recording.length).toBe(whole.length);
    for (let first = 0; first + 500 <= whole.length; first += 250) {
      const part = await recording.read(first, first + 500);
      const furthest = Math.max(...part.map((sample, i) => Math.abs(sample - whole[first + i]!)));
      expect(furthest).toBeLessThan(1e-5);
    }
    await recording.close();
    await expect(open('tone.flac', 8000, 3)).rejects.toThrow(/without that channel: it has 2 channels/);
  });

  it.each([
    ['users/mp3-cut-half.mp3', 'truncated'],
    ['users/one_bit_flip.flac', 'damaged'],
    ['users/mp3-garbage-inside.mp3', 'damaged'],
  ])('is refused when it is opened, as when it is decoded whole: %s', async (name, reason) => {
    const whole = await decodeAudioFile(pathOf(name)).catch((error: unknown) => error);
    expect(whole).toMatchObject({ reason });
    await expect(open(name, 8000)).rejects.toEqual(whole);
  });

  it('is held in parts only, however long it is', async () => {
    // Two seconds of frames, again and again: half an hour.
    const mp3 = await readFile(fixture('users/mp3-plain.mp3'));
    const first = mp3.findIndex((byte, i) => byte === 0xff && (mp3[i + 1]! & 0xe0) === 0xe0);
    const { samples, sampleRate } = await decodeAudioFile(pathOf('users/mp3-plain.mp3'));
    const times = Math.ceil((1800 * sampleRate) / samples.length);
    await writeFile(at('long.mp3'), Buffer.concat(Array.from({ length: times }, () => mp3.subarray(first))));
    const stream = await SoundStream.open(at('long.mp3'));
    const frames = stream?.frames ?? 0;
    expect(frames).toBeGreaterThan(1700 * sampleRate);
    const before = process.memoryUsage().arrayBuffers;
    let [most, loudest] = [0, 0];
    for (let at = 0; at < frames; at += 16384) {
      const part = await stream?.read(at, Math.min(frames, at + 32768));
      loudest = Math.max(loudest, part?.[0] ?? 0);
      if (at % (16384 * 64) === 0) globalThis.gc?.();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(loudest).toBeGreaterThan(0);
    // All samples would take four bytes each: parts, and what is not collected yet, take a part of that.
    expect(most).toBeLessThan((4 * frames) / 2);
    await stream?.close();
  }, 120_000);
});

describe('a recording that is decoded whole', () => {
  it('says what it would take when it is too long', () => {
    const mixer = new ChannelMixer(undefined, 100);
    mixer.take([new Float32Array(100)], 8000);
    expect(() => mixer.take([new Float32Array(1)], 8000)).toThrow(
      /takes more than 1 MiB, which is what is held/,
    );
  });
});
