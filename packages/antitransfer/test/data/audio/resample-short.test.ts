import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type libsamplerate from '@alexanderolsen/libsamplerate-js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AudioError } from '../../../src/data/audio/audio-error.js';
import { readClip } from '../../../src/data/audio/read-clip.js';
import { encodeWav } from '../../../src/data/audio/wav.js';

// The library itself, with a smaller limit than the one it has: the day its limit changes must not be a silent one.
vi.mock('@alexanderolsen/libsamplerate-js', async (importOriginal) => {
  const { default: library } = await importOriginal<{ default: typeof libsamplerate }>();
  const create: typeof library.create = async (...settings) => {
    const converter = await library.create(...settings);
    const simple = converter.simple.bind(converter);
    converter.simple = (samples) => simple(samples).subarray(0, 5000);
    return converter;
  };
  return { default: { ...library, create, ConverterType: library.ConverterType } };
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-short-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a short answer of the library is an error that names the file', async () => {
  const path = join(folder, 'a.wav');
  await writeFile(path, encodeWav(new Float32Array(8000).fill(0.1), 8000));
  const reading = readClip({ id: 'a', path, labels: {} }, 16000);
  await expect(reading).rejects.toBeInstanceOf(AudioError);
  await expect(reading).rejects.toThrow(`"${path}" is unreadable: Of 8000 samples at 8000 Hz`);
  await expect(reading).rejects.toThrow('5000 samples at 16000 Hz instead of 16000');
});
