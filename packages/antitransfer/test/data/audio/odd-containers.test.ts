import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { decodeAudio } from '../../../src/data/audio/decode.js';
import { pcmWav } from './pcm-wav.js';

const fixtures = join(import.meta.dirname, '../../fixtures/audio');
const random = new Random(3);
const sound = Float32Array.from({ length: 501 }, () => 1.8 * random.uniform() - 0.9);

/** Of integers of so many bytes, or floating-point numbers, in either order. */
function numbers(width: number, float: boolean, little: boolean): Buffer {
  const bytes = Buffer.alloc(sound.length * width);
  for (const [index, sample] of sound.entries()) {
    const at = index * width;
    if (float && width === 4) little ? bytes.writeFloatLE(sample, at) : bytes.writeFloatBE(sample, at);
    else if (float) little ? bytes.writeDoubleLE(sample, at) : bytes.writeDoubleBE(sample, at);
    else {
      const value = Math.round(sample * (2 ** (8 * width - 1) - 1));
      little ? bytes.writeIntLE(value, at, width) : bytes.writeIntBE(value, at, width);
    }
  }
  return bytes;
}

function worst(samples: Float32Array): number {
  expect(samples.length).toBe(sound.length);
  return Math.max(...samples.map((sample, i) => Math.abs(sample - sound[i]!)));
}

/** An AU file; little-endian ones have their name backwards. */
function auFile(encoding: number, data: Buffer, little: boolean): Buffer {
  const header = Buffer.alloc(24);
  header.write(little ? 'dns.' : '.snd');
  for (const [index, value] of [24, data.length, encoding, 16000, 1].entries()) {
    little ? header.writeUInt32LE(value, 4 + 4 * index) : header.writeUInt32BE(value, 4 + 4 * index);
  }
  return Buffer.concat([header, data]);
}

function aiffChunk(name: string, contents: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name);
  head.writeUInt32BE(contents.length, 4);
  return Buffer.concat([head, contents, Buffer.alloc(contents.length % 2)]);
}

/** An AIFF-C file of an encoding. */
function aifcFile(encoding: string, bits: number, data: Buffer): Buffer {
  const common = Buffer.alloc(24);
  common.writeUInt16BE(1, 0);
  common.writeUInt32BE(sound.length, 2);
  common.writeUInt16BE(bits, 6);
  // 16000 as an 80-bit number.
  common.set([0x40, 0x0c, 0xfa], 8);
  common.write(encoding, 18);
  const chunks = [aiffChunk('COMM', common), aiffChunk('SSND', Buffer.concat([Buffer.alloc(8), data]))];
  return aiffChunk('FORM', Buffer.concat([Buffer.from('AIFC'), ...chunks]));
}

describe('AU', () => {
  const forms = [
    { encoding: 2, width: 1 },
    { encoding: 3, width: 2 },
    { encoding: 4, width: 3 },
    { encoding: 5, width: 4 },
    { encoding: 6, width: 4, float: true },
    { encoding: 7, width: 8, float: true },
  ].flatMap((form) => [true, false].map((little) => ({ float: false, ...form, little })));
  it.each(forms)(
    'of encoding $encoding, little-endian: $little',
    async ({ encoding, width, float, little }) => {
      const { samples, notes } = await decodeAudio(
        'a.au',
        auFile(encoding, numbers(width, float, little), little),
      );
      expect(worst(samples)).toBeLessThan(float ? 1e-6 : 2 ** (2 - 8 * width));
      expect(notes).toEqual([]);
    },
  );

  it('of little-endian mu-law, streamed', async () => {
    const file = await readFile(join(fixtures, 'formats/mulaw.au'));
    const little = auFile(1, file.subarray(file.readUInt32BE(4)), true);
    little.writeUInt32LE(0xffffffff, 8);
    little.writeUInt32LE(8000, 16);
    const { samples, sampleRate, notes } = await decodeAudio('a.au', little);
    expect(samples).toEqual((await decodeAudio('a.au', file)).samples);
    expect(sampleRate).toBe(8000);
    expect(notes).toEqual([expect.stringMatching(/does not say how long/)]);
  });

  it('cut short, and of an encoding that is not read', async () => {
    const file = auFile(3, numbers(2, false, true), true);
    await expect(decodeAudio('a.au', file.subarray(0, -100))).rejects.toMatchObject({ reason: 'truncated' });
    await expect(decodeAudio('a.au', auFile(23, numbers(1, false, true), true))).rejects.toThrow(
      'its encoding 23 is not read in a little-endian file; convert it.',
    );
  });

  it.each([23, 25, 26])('of encoding %d, which is G.721 or G.723, is refused', async (encoding) => {
    const file = auFile(encoding, numbers(1, false, false), false);
    await expect(decodeAudio('a.au', file)).rejects.toThrow(
      'G.726 (or G.721, G.723), is not read. Convert it.',
    );
  });
});

describe('AIFF-C', () => {
  it.each([
    ['sowt', 2, true],
    ['sowt', 1, true],
    ['sowt', 3, true],
    ['sowt', 4, true],
    ['42n1', 3, true],
    ['42ni', 3, true],
    ['23ni', 4, true],
    ['twos', 2, false],
    ['twos', 3, false],
    ['NONE', 3, false],
    ['in24', 3, false],
    ['in32', 4, false],
  ] as const)('%s of %d bytes', async (encoding, width, little) => {
    const file = aifcFile(encoding, 8 * width, numbers(width, false, little));
    const { samples, notes } = await decodeAudio('a.aifc', file);
    expect(worst(samples)).toBeLessThan(2 ** (2 - 8 * width));
    expect(notes).toEqual([]);
  });

  it.each([
    ['fl32', 4],
    ['FL32', 4],
    ['fl64', 8],
  ] as const)('%s', async (encoding, width) => {
    const file = aifcFile(encoding, 8 * width, numbers(width, true, false));
    expect(worst((await decodeAudio('a.aifc', file)).samples)).toBeLessThan(1e-6);
  });

  it('of another encoding is refused by its name', async () => {
    const file = aifcFile('DWVW', 16, numbers(2, false, false));
    await expect(decodeAudio('a.aifc', file)).rejects.toThrow('its encoding "DWVW" is not read; convert it.');
  });
});

describe('WAV', () => {
  const plain = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2 }));
  /** With a chunk before the format. */
  const withChunk = (chunk: Buffer) => Buffer.concat([plain.subarray(0, 12), chunk, plain.subarray(12)]);
  const list = (text: string) => {
    const chunk = Buffer.from(`LIST\0\0\0\0${text}`, 'latin1');
    chunk.writeUInt32LE(text.length, 4);
    return chunk;
  };

  it('BW64 is RF64 by another name', async () => {
    const file = Buffer.from(pcmWav([sound], 16000, { bits: 24, slot: 3, magic: 'RF64' }));
    file.write('BW64');
    expect(worst((await decodeAudio('a.wav', file)).samples)).toBeLessThan(1e-6);
  });

  it('a chunk of an odd size, padded or not', async () => {
    const padded = await decodeAudio('a.wav', withChunk(Buffer.concat([list('INFOabc'), Buffer.alloc(1)])));
    expect(worst(padded.samples)).toBeLessThan(1e-4);
    expect(padded.notes).toEqual([]);
    const bare = await decodeAudio('a.wav', withChunk(list('INFOabc')));
    expect(worst(bare.samples)).toBeLessThan(1e-4);
    expect(bare.notes).toEqual(['a chunk of an odd size in it lacks the byte that pads it']);
  });

  it('a size of the samples that counts the header, too', async () => {
    for (const more of [8, 36, 44]) {
      const file = Buffer.from(plain);
      file.writeUInt32LE(2 * sound.length + more, 40);
      const { samples, notes } = await decodeAudio('a.wav', file);
      expect(worst(samples)).toBeLessThan(1e-4);
      expect(notes).toEqual([
        expect.stringMatching(/promises \d+ bytes of sound, it holds 1002: it counts itself/),
      ]);
      const cut = file.subarray(0, -10);
      await expect(decodeAudio('a.wav', cut)).rejects.toMatchObject({ reason: 'truncated' });
    }
  });

  it('a size of the samples that is too small for the whole is refused, where nothing counts the rest a note', async () => {
    const file = Buffer.from(pcmWav([new Float32Array(4000).fill(0.01)], 16000, { bits: 16, slot: 2 }));
    file.writeUInt32LE(2000, 40);
    await expect(decodeAudio('a.wav', file)).rejects.toThrow(/6000 bytes behind its samples are in no chunk/);
    file.writeUInt32LE(2036, 4);
    const { samples, notes } = await decodeAudio('a.wav', file);
    expect(samples.length).toBe(1000);
    expect(notes).toEqual(['6000 bytes stand behind its end and are not read']);
  });

  it('an encoding that its number does not tell, or that is big-endian, is refused by its number', async () => {
    const alaw = await readFile(join(fixtures, 'users/ALAW.wav'));
    alaw.writeUInt16LE(0x38, 20);
    await expect(decodeAudio('a.wav', alaw)).rejects.toThrow('its encoding 0x0038 (NMS ADPCM) is not read');
    const big = Buffer.from(pcmWav([sound], 16000, { bits: 8, slot: 1, magic: 'RIFX' }));
    big.writeUInt16BE(6, 20);
    await expect(decodeAudio('a.wav', big)).rejects.toThrow('0x0006 is not read in a big-endian file (RIFX)');
  });
});

describe('bytes behind a recording', () => {
  // Formats that say where they end; text stands for what servers and tools leave there.
  const text = Buffer.from('<html><body>Session expired</body></html>');
  const names = [
    ...['alac.caf', 'alac.m4a', 'alaw.aifc', 'bare.aac', 'chained.oga', 'flac.mka', 'gapless.mp3', 'gsm.wav'],
    ...[
      'int16.mov',
      'int16be.sph',
      'int24.aif',
      'int24.w64',
      'layer2.mp2',
      'mulaw.au',
      'tta.tta',
      'wavpack.wv',
    ],
  ].map((name) => `formats/${name}`);
  it.each([...names, 'users/flac-plain.flac', 'tone.flac', 'tone-pcm16.wav', 'tone-pcm24.wav'])(
    '%s: a note, and the same sound',
    async (name) => {
      const bytes = await readFile(join(fixtures, name));
      const { samples, notes } = await decodeAudio(name, bytes);
      for (const tail of [Buffer.from([7]), Buffer.alloc(100, 0xa5), text]) {
        const more = await decodeAudio(name, Buffer.concat([bytes, tail]));
        expect(more.samples).toEqual(samples);
        const said = more.notes.filter((note) => !notes.includes(note));
        expect(said, `${tail.length}`).toEqual([
          expect.stringMatching(new RegExp(`^${tail.length} bytes? `)),
        ]);
      }
    },
  );

  it('of MP3, more than a tag, where all that its header promises is there', async () => {
    const bytes = await readFile(join(fixtures, 'users/mp3-plain.mp3'));
    const { notes } = await decodeAudio('a.mp3', Buffer.concat([bytes, Buffer.alloc(3000, 0x21)]));
    expect(notes).toEqual(['3000 bytes behind its last frame belong to none']);
  });

  it('that end within a sample', async () => {
    const file = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2 }));
    file.writeUInt32LE(2 * sound.length + 1, 40);
    const { samples, notes } = await decodeAudio('a.wav', Buffer.concat([file, Buffer.from([9])]));
    expect(worst(samples)).toBeLessThan(1e-4);
    expect(notes).toEqual(['1 byte is left over behind its last whole sample']);
  });
});
