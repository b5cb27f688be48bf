import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioError, type AudioProblem } from '../../../src/data/audio/audio-error.js';
import { decodeAudioFile } from '../../../src/data/audio/decode.js';
import { decodeWav, encodeWav, encodeWavUrl } from '../../../src/data/audio/wav.js';

const fixture = (name: string) => join(import.meta.dirname, '../../fixtures/audio', name);

/** The fixtures: 440 Hz at 0.5 on the left, 1000 Hz at 0.25 on the right. */
const meanOfTones = (time: number) =>
  (0.5 * Math.sin(2 * Math.PI * 440 * time) + 0.25 * Math.sin(2 * Math.PI * 1000 * time)) / 2;

const formats = [
  // File, sample rate in Hz, samples, largest error.
  ['tone-pcm8.wav', 8000, 800, 1 / 128],
  ['tone-pcm16.wav', 8000, 800, 0.5 / 32768 + 1e-7],
  ['tone-pcm24.wav', 8000, 800, 1 / 8388608 + 1e-7],
  ['tone-pcm32.wav', 8000, 800, 2e-7],
  ['tone-float32.wav', 8000, 800, 2e-7],
  ['tone-float64.wav', 8000, 800, 2e-7],
  ['tone.flac', 16000, 4800, 0.5 / 32768 + 1e-7],
  ['tone.mp3', 16000, 4800, 0.02],
  ['tone-vorbis.ogg', 16000, 4800, 0.02],
  ['tone.opus', 48000, 14400, 0.02],
] as const;

describe('decodeAudioFile', () => {
  it.each(formats)('decodes %s to the mean of its channels', async (name, sampleRate, length, tolerance) => {
    const audio = await decodeAudioFile(fixture(name));
    expect(audio.sampleRate).toBe(sampleRate);
    expect(audio.samples.length).toBe(length);
    // A lossy codec rings at the tone's sudden start and end.
    const edge = tolerance > 1 / 128 ? Math.round(0.03 * sampleRate) : 0;
    let largest = 0;
    for (let i = edge; i < length - edge; i++) {
      largest = Math.max(largest, Math.abs(audio.samples[i]! - meanOfTones(i / sampleRate)));
    }
    expect(largest).toBeLessThanOrEqual(tolerance);
  });
});

describe('decodeAudioFile says what is wrong', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-audio-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function expectProblem(path: string, reason: AudioProblem, text: RegExp) {
    const error = await decodeAudioFile(path).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AudioError);
    expect((error as AudioError).reason).toBe(reason);
    expect((error as AudioError).message).toContain(path);
    expect((error as AudioError).message).toMatch(text);
  }

  async function broken(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  it('a missing file', () => expectProblem(join(folder, 'none.wav'), 'missing', /no such file/));
  it('a folder', () => expectProblem(folder, 'unreadable', /EISDIR/));
  it('no bytes', async () => expectProblem(await broken('a.wav', new Uint8Array(0)), 'empty', /no bytes/));
  it('no samples', async () => {
    await expectProblem(await broken('b.wav', encodeWav(new Float32Array(0), 8000)), 'empty', /no samples/);
  });
  it('another format', async () => {
    await expectProblem(
      await broken('c.wav', Buffer.from('hello, this is text')),
      'unreadable',
      /WAV, FLAC.*MP3/,
    );
  });
  it('a header that breaks off', async () => {
    const bytes = await readFile(fixture('tone-pcm16.wav'));
    await expectProblem(await broken('d.wav', bytes.subarray(0, 30)), 'unreadable', /header breaks off/);
  });
  it('an encoding that is not read', async () => {
    const bytes = Buffer.from(encodeWav(new Float32Array(10), 8000));
    bytes.writeUInt16LE(0x2222, 20);
    await expectProblem(await broken('e.wav', bytes), 'unreadable', /as WAV: .*not supported/);
  });
  it('a sample that is no number', async () => {
    const bytes = await readFile(fixture('tone-float32.wav'));
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    await expectProblem(await broken('h.wav', bytes), 'unreadable', /sample 799 is NaN/);
  });
  it.each([
    [1e37, /sample 799 is 4\.99.*e\+36; full scale is 1/],
    [-40, /sample 799 is -2\d\.?\d*; full scale is 1/],
  ])('a sample of %d', async (value, said) => {
    const bytes = await readFile(fixture('tone-float32.wav'));
    bytes.writeFloatLE(value, bytes.length - 4);
    await expectProblem(await broken('loud.wav', bytes), 'too loud', said);
  });
  it.each([1, 999, 192001, 4294967295])('a sample rate of %d Hz', async (rate) => {
    const bytes = Buffer.from(encodeWav(new Float32Array(10).fill(0.5), 8000));
    bytes.writeUInt32LE(rate, 24);
    await expectProblem(
      await broken('rate.wav', bytes),
      'unreadable',
      new RegExp(`its sample rate is ${rate} Hz; only rates from 1000 to 192000 Hz`),
    );
  });
  it.each(['tone-pcm16.wav', 'tone.flac', 'tone.mp3', 'tone-vorbis.ogg', 'tone.opus'])(
    '%s cut short',
    async (name) => {
      const bytes = await readFile(fixture(name));
      const path = await broken(`cut-${name}`, bytes.subarray(0, Math.floor(0.7 * bytes.length)));
      await expectProblem(path, 'truncated', /Copy it again/);
    },
  );
  it.each([
    [0xffffffff, 0xffffffff],
    [0, 0],
    [36, 0],
  ])('but a WAV that was never closed (sizes %d and %d) is read to its end', async (riffSize, dataSize) => {
    const bytes = Buffer.from(encodeWav(new Float32Array(10).fill(0.5), 8000));
    bytes.writeUInt32LE(riffSize, 4);
    bytes.writeUInt32LE(dataSize, 40);
    expect((await decodeAudioFile(await broken('f.wav', bytes))).samples.length).toBe(10);
  });
  it('and does not take what follows no samples for samples', async () => {
    const bytes = Buffer.concat([
      encodeWav(new Float32Array(0), 8000),
      Buffer.from('LIST\x04\0\0\0INFO', 'latin1'),
    ]);
    bytes.writeUInt32LE(bytes.length - 8, 4);
    await expectProblem(await broken('g.wav', bytes), 'empty', /no samples/);
  });
});

describe('encodeWav', () => {
  it('is read back within half a step, and clips', () => {
    const samples = Float32Array.from([0, 0.25, -0.3333, 0.99999, -1, 1.7, -2]);
    const { channels, sampleRate } = decodeWav(encodeWav(samples, 16000));
    expect(sampleRate).toBe(16000);
    expect(channels[0]?.length).toBe(samples.length);
    const expected = [0, 0.25, -0.3333, 32767 / 32768, -1, 32767 / 32768, -1];
    channels[0]!.forEach((sample, i) => {
      expect(Math.abs(sample - expected[i]!)).toBeLessThanOrEqual(0.5 / 32768 + 1e-7);
    });
  });
  it('becomes a data URL', () => {
    const url = encodeWavUrl(new Float32Array(3), 8000);
    expect(url).toMatch(/^data:audio\/wav;base64,UklGR/);
    expect(decodeWav(Buffer.from(url.split(',')[1]!, 'base64')).channels[0]).toEqual(new Float32Array(3));
  });
});
