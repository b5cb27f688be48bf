import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AudioError, type AudioProblem } from '../../../src/data/audio/audio-error.js';
import { decodeAudioFile } from '../../../src/data/audio/decode.js';

/** A tone, written as people's programs write recordings. Right values: libsndfile 1.2.2 and FFmpeg 5.1. */
const folder = join(import.meta.dirname, '../../fixtures/audio/users');

const whole: Record<string, { samples: number; peak: number; rate?: number; note?: RegExp }> = {
  'size-7fffffff.wav': { samples: 16000, peak: 0.3098, note: /does not say how long/ },
  'size-7ffff000.wav': { samples: 16000, peak: 0.3098, note: /does not say how long/ },
  'wav-odd-data-then-list.wav': { samples: 16000, peak: 0.3098, note: /1 byte is left over/ },
  'bits24_align4.wav': { samples: 16000, peak: 0.3098 },
  'ALAW.wav': { samples: 16000, peak: 0.3047 },
  'ULAW.wav': { samples: 16000, peak: 0.3163 },
  'IMA_ADPCM.wav': { samples: 16272, peak: 0.3142 },
  'rifx_big_endian.wav': { samples: 16000, peak: 0.3098 },
  'RF64.rf64.wav': { samples: 16000, peak: 0.3098 },
  'W64.w64': { samples: 16000, peak: 0.3098 },
  'AIFF.aiff': { samples: 16000, peak: 0.3098 },
  'AU.au': { samples: 16000, peak: 0.3098 },
  'CAF.caf': { samples: 16000, peak: 0.3098 },
  'NIST.timit.WAV': { samples: 16000, peak: 0.3098 },
  'aac.m4a': { samples: 16384, peak: 0.3241 },
  'browser.webm': { samples: 48000, peak: 0.3202, rate: 48000 },
  'oggflac.oga': { samples: 16000, peak: 0.3098 },
  'mp3-plain.mp3': { samples: 32000, peak: 0.2988 },
  'xing_counts_id3v2.mp3': {
    samples: 32000,
    peak: 0.2988,
    note: /14754 bytes, it holds 12744; all 58 frames/,
  },
  'zeros_before.mp3': { samples: 32000, peak: 0.2988, note: /417 zero bytes stand before/ },
  'flac-plain.flac': { samples: 16000, peak: 0.3098 },
  'id3_prefixed.flac': { samples: 16000, peak: 0.3098 },
  'trailing_id3v1.flac': { samples: 16000, peak: 0.3098 },
  'opus-no-end-flag.ogg': { samples: 96168, peak: 0.318, rate: 48000, note: /lacks the flag/ },
  'vorbis.ogg': { samples: 32000, peak: 0.3196 },
};

const refused: Record<string, [AudioProblem, RegExp]> = {
  'wav-cut-half.wav': ['truncated', /promises 32000 bytes of sound, it holds 16000/],
  'mp3-cut-half.mp3': ['truncated', /promises 58 frames, it holds 28/],
  'mp3-garbage-inside.mp3': ['damaged', /4320 bytes among its 39 MP3 frames/],
  'flac-cut-half.flac': ['truncated', /promises 16000 samples, it holds 4096/],
  'one_bit_flip.flac': ['damaged', /1 of its 4 packets of flac.*CRC/],
  'opus_cut.opus': ['truncated', /breaks off within a page/],
  'stereo_antiphase.wav': ['cancelled out', /2 channels are opposite.*features\.channel/],
};

it('every file of the folder has its right value here', async () => {
  expect((await readdir(folder)).sort()).toEqual([...Object.keys(whole), ...Object.keys(refused)].sort());
});

describe('recordings that are whole', () => {
  it.each(Object.entries(whole))('%s', async (name, { samples, peak, rate = 16000, note }) => {
    const audio = await decodeAudioFile(join(folder, name));
    expect(audio.sampleRate).toBe(rate);
    expect(audio.samples.length).toBe(samples);
    expect(largest(audio.samples)).toBeCloseTo(peak, 3);
    expect(audio.notes).toEqual(note ? [expect.stringMatching(note)] : []);
  });

  it('an MP3 begins where its encoder began', async () => {
    const { samples } = await decodeAudioFile(join(folder, 'mp3-plain.mp3'));
    // The tone begins at 3200; a codec rings a little before.
    expect(Math.abs(samples.findIndex((sample) => Math.abs(sample) > 0.02) - 3200)).toBeLessThan(32);
  });

  it('one of two opposite channels, when it is asked for', async () => {
    const path = join(folder, 'stereo_antiphase.wav');
    const [left, right] = await Promise.all([1, 2].map((channel) => decodeAudioFile(path, { channel })));
    expect(largest(left!.samples)).toBeCloseTo(0.3098, 3);
    expect(largest(right!.samples.map((sample, i) => sample + left!.samples[i]!))).toBeLessThanOrEqual(
      1 / 32768,
    );
  });
});

describe('recordings that are not', () => {
  it.each(Object.entries(refused))('%s', async (name, [reason, said]) => {
    const path = join(folder, name);
    const error = await decodeAudioFile(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AudioError);
    expect(error).toMatchObject({ reason, path });
    expect((error as AudioError).message).toMatch(said);
  });
});

it('nothing of a decoder reaches the terminal', async () => {
  const written: unknown[] = [];
  const { log, error, warn } = console;
  const { write } = process.stderr;
  const keep = (text: unknown) => written.push(text) > 0;
  Object.assign(console, { log: keep, error: keep, warn: keep });
  process.stderr.write = keep;
  try {
    for (const name of [...Object.keys(whole), ...Object.keys(refused)]) {
      await decodeAudioFile(join(folder, name)).catch((thrown: unknown) => thrown);
    }
  } finally {
    Object.assign(console, { log, error, warn });
    process.stderr.write = write;
  }
  expect(written).toEqual([]);
});

function largest(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}
