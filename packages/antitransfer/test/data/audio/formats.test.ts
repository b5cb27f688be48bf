import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioError } from '../../../src/data/audio/audio-error.js';
import { containerOf, containers } from '../../../src/data/audio/containers/registry.js';
import { withoutTags } from '../../../src/data/audio/containers/tags.js';
import { decodeAudio, decodeAudioFile } from '../../../src/data/audio/decode.js';
import { pcmWav } from './pcm-wav.js';

/** The first 4000 samples of a tone at 16 kHz, written by FFmpeg 5.1 and sox 14.4 (`.sph`, `.amr`). */
const folder = join(import.meta.dirname, '../../fixtures/audio/formats');
const users = join(import.meta.dirname, '../../fixtures/audio/users');

/** Samples that come out, and the largest difference to the tone where they are its samples. */
const formats: Record<string, { samples: number; error?: number; rate?: number; note?: RegExp }> = {
  'adpcm-ms.wav': { samples: 4072 },
  'alac.caf': { samples: 4000, error: 0 },
  'alac.m4a': { samples: 4000, error: 0 },
  'alaw.aifc': { samples: 4000, error: 0.01 },
  'alaw.caf': { samples: 4000, error: 0.01 },
  'bare.aac': { samples: 5120 },
  'chained.oga': { samples: 8000, error: 0, note: /2 recordings follow each other/ },
  'chained.opus': { samples: 24000, rate: 48000, note: /2 recordings follow each other/ },
  'faststart.m4a': { samples: 4096 },
  'flac.mka': { samples: 4000, error: 0 },
  'float64.caf': { samples: 4000, error: 0 },
  'fragmented.m4a': { samples: 5120 },
  'gapless.mp3': { samples: 4000 },
  'gsm.wav': { samples: 2240, rate: 8000 },
  'int16be.sph': { samples: 4000, error: 0 },
  'int24.aif': { samples: 4000, error: 0 },
  'int24.w64': { samples: 4000, error: 0 },
  'int8.aiff': { samples: 4000, error: 1 / 128 },
  'layer2.mp2': { samples: 4608 },
  'int16.mov': { samples: 4000, error: 0 },
  'int24be.mov': { samples: 4000, error: 0 },
  'mulaw.mov': { samples: 4000, error: 0.01 },
  'mulaw.aifc': { samples: 4000, error: 0.01 },
  'mulaw.au': { samples: 2000, rate: 8000 },
  'mulaw.sph': { samples: 4000, error: 0.01 },
  'narrow.amr': { samples: 2080, rate: 8000 },
  'phone.3gp': { samples: 4096 },
  'sowt.aifc': { samples: 4000, error: 0 },
  'speex.spx': { samples: 4160 },
  'streamed.aiff': { samples: 4000, error: 0, note: /does not say how long/ },
  'streamed.au': { samples: 4000, error: 0, note: /does not say how long/ },
  'streamed.caf': { samples: 4000, error: 0, note: /does not say how long/ },
  'streamed.w64': { samples: 4000, error: 0, note: /does not say how long/ },
  'streamed.wav': { samples: 4000, error: 0, note: /does not say how long/ },
  'tta.tta': { samples: 4000, error: 0 },
  'vorbis.webm': { samples: 4096 },
  'wavpack.wv': { samples: 4000, error: 0 },
};

let tone: Float32Array;
let scratch: string;
beforeAll(async () => {
  tone = (await decodeAudioFile(join(users, 'wav-odd-data-then-list.wav'))).samples.subarray(0, 4000);
  scratch = await mkdtemp(join(tmpdir(), 'antitransfer-formats-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe('decodeAudioFile', () => {
  // What was streamed has no other end than the file's.
  const ended = Object.keys(formats).filter((name) => !name.startsWith('streamed.'));
  it.each(ended)('%s, with zeros behind it', async (name) => {
    const bytes = await readFile(join(folder, name));
    const whole = await decodeAudioFile(join(folder, name));
    const path = join(scratch, name);
    await writeFile(path, Buffer.concat([bytes, Buffer.alloc(3001)]));
    expect((await decodeAudioFile(path)).samples).toEqual(whole.samples);
  });

  it.each(Object.entries(formats))('%s', async (name, { samples, error, rate = 16000, note }) => {
    const audio = await decodeAudioFile(join(folder, name));
    expect(audio.sampleRate).toBe(rate);
    expect(audio.samples.length).toBe(samples);
    expect(audio.notes).toEqual(note ? [expect.stringMatching(note)] : []);
    const peak = audio.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(peak).toBeGreaterThan(0.29);
    expect(peak).toBeLessThan(0.37);
    if (error === undefined) return;
    const differences = audio.samples.map((sample, i) => Math.abs(sample - tone[i % tone.length]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(error);
  });

  it('has a file of every container that is known, and of no other', async () => {
    const files = [...(await readdir(folder)).map((name) => join(folder, name)), ...(await usersFiles())];
    const seen = await Promise.all(
      files.map(async (file) => containerOf(withoutTags(await readFile(file)).bytes)?.name),
    );
    expect(new Set(seen)).toEqual(new Set(containers.map(({ name }) => name)));
    expect(Object.keys(formats).sort()).toEqual((await readdir(folder)).sort());
  });
});

async function usersFiles(): Promise<string[]> {
  return (await readdir(users)).map((name) => join(users, name));
}

/** What a copy that breaks off leaves. Who streams does not say how long it is, so that nobody can tell. */
const whole = Object.keys(formats).filter((name) => !name.startsWith('streamed'));

describe('a copy that broke off', () => {
  it.each(whole)('%s', async (name) => {
    const bytes = await readFile(join(folder, name));
    const path = join(scratch, name);
    for (const share of [0.3, 0.6, 0.95]) {
      await writeFile(path, bytes.subarray(0, Math.floor(share * bytes.length)));
      const error = await decodeAudioFile(path).catch((thrown: unknown) => thrown);
      expect(error, `${share} of ${name}`).toBeInstanceOf(AudioError);
      expect(error).toMatchObject({ path, reason: 'truncated' });
    }
  });
});

/** Formats that can tell that bytes within them were overwritten; PCM, G.711, GSM and silence by AMR cannot. */
const checked = [
  'alac.caf',
  'alac.m4a',
  'bare.aac',
  'chained.oga',
  'chained.opus',
  'faststart.m4a',
  'flac.mka',
  'fragmented.m4a',
  'gapless.mp3',
  'layer2.mp2',
  'phone.3gp',
  'speex.spx',
  'tta.tta',
  'vorbis.webm',
  'wavpack.wv',
];

describe('bytes lost within', () => {
  it.each(checked)('%s', async (name) => {
    const bytes = await readFile(join(folder, name));
    const path = join(scratch, name);
    const middle = bytes.length >> 1;
    const zeros = Buffer.from(bytes).fill(0, middle, Math.min(middle + 200, bytes.length));
    const gone = Buffer.concat([bytes.subarray(0, middle), bytes.subarray(middle + 400)]);
    for (const damaged of [zeros, gone]) {
      await writeFile(path, damaged);
      await expect(decodeAudioFile(path)).rejects.toBeInstanceOf(AudioError);
    }
  });
});

describe('a recording behind a recording', () => {
  it.each(Object.keys(formats))('%s: both are read, and told, or the file is refused', async (name) => {
    const bytes = await readFile(join(folder, name));
    const one = await decodeAudioFile(join(folder, name));
    const path = join(scratch, name);
    await writeFile(path, Buffer.concat([bytes, bytes]));
    const two = await decodeAudioFile(path).catch((thrown: unknown) => thrown);
    if (two instanceof AudioError) {
      expect(two.message).toMatch(/a second recording begins at byte \d+|\d+ bytes among its/);
      return;
    }
    // Decoders lose or add a packet where the two meet.
    const { samples } = two as Awaited<ReturnType<typeof decodeAudioFile>>;
    expect(samples.length).toBeGreaterThan(1.9 * one.samples.length);
  });

  it.each(['gapless.mp3', 'layer2.mp2', 'bare.aac'])('%s, with tags between', async (name) => {
    const bytes = withoutTags(await readFile(join(folder, name))).bytes;
    const one = await decodeAudio(name, bytes);
    const old = Buffer.from(`TAG${'x'.repeat(125)}`);
    const tag = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 2, ...new Uint8Array(130)]);
    const two = await decodeAudio(name, Buffer.concat([bytes, old, tag, bytes]));
    expect(two.samples.length).toBe(2 * one.samples.length);
    expect(two.notes).toContain('2 recordings follow each other in it');
  });

  it('leaves the bytes that it is given as they are', async () => {
    for (const name of Object.keys(formats)) {
      const bytes = await readFile(join(folder, name));
      const before = Buffer.from(bytes);
      await decodeAudio(name, bytes);
      expect(bytes.equals(before), name).toBe(true);
    }
  });
});

describe('a WAV file that contradicts itself', () => {
  const tones = pcmWav([new Float32Array(800).fill(0.25)], 16000, { bits: 16, slot: 2 });
  const chunk = (from: number, end = tones.length) => tones.subarray(from, end);

  it('has samples in two chunks', async () => {
    const file = Buffer.concat([tones, chunk(36)]);
    await expect(decodeAudio('two.wav', file)).rejects.toThrow(
      'go on at byte 1644, in a second chunk "data"',
    );
  });

  it('describes its format twice: the same is none, another is', async () => {
    const twice = Buffer.concat([chunk(0, 36), chunk(12, 36), chunk(36)]);
    expect((await decodeAudio('twice.wav', twice)).samples.length).toBe(800);
    twice.writeUInt32LE(8000, 36 + 8 + 4);
    await expect(decodeAudio('twice.wav', twice)).rejects.toThrow('describes its format twice');
  });
});

describe('what only has the name of a recording', () => {
  const files = {
    'a pointer of Git LFS': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 32044\n`,
    'a web page': '<!DOCTYPE html><title>404</title>',
    'packed with gzip': '\x1f\x8b\x08 and more',
    zeros: '\0'.repeat(4096),
  };
  it.each(Object.entries(files))('is told: %s', async (what, text) => {
    const decoding = decodeAudio('seven.wav', Buffer.from(text, 'latin1'));
    await expect(decoding).rejects.toThrow(`"seven.wav" is unreadable: it is no sound, but ${what}`);
  });
});
