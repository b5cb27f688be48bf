import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudioFile } from '../../../src/data/audio/decode.js';
import { ChannelMixer } from '../../../src/data/audio/mix-channels.js';
import { pcmWav, type WavForm } from './pcm-wav.js';
import { shortenedSphere } from './shorten.js';

const users = join(import.meta.dirname, '../../fixtures/audio/users');
const formats = join(import.meta.dirname, '../../fixtures/audio/formats');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-made-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function decoded(bytes: Uint8Array, channel?: number) {
  const path = join(folder, 'recording');
  await writeFile(path, bytes);
  return decodeAudioFile(path, { channel });
}

const random = new Random(7);
const sound = Float32Array.from({ length: 1001 }, () => 1.8 * random.uniform() - 0.9);

function worst(samples: Float32Array, expected: Float32Array = sound): number {
  expect(samples.length).toBe(expected.length);
  return Math.max(...samples.map((sample, i) => Math.abs(sample - expected[i]!)));
}

const forms: readonly (WavForm & { name: string })[] = [
  ...[
    { bits: 8, slot: 1 },
    { bits: 12, slot: 2 },
    { bits: 16, slot: 2 },
    { bits: 16, slot: 4 },
    { bits: 20, slot: 3 },
    { bits: 20, slot: 4 },
    { bits: 24, slot: 3 },
    { bits: 24, slot: 4 },
    { bits: 32, slot: 4 },
    { bits: 24, slot: 4, justified: 'right' as const },
    { bits: 12, slot: 2, justified: 'right' as const },
    { bits: 32, slot: 4, float: true },
    { bits: 64, slot: 8, float: true },
  ].flatMap((form) =>
    (['RIFF', 'RIFX', 'RF64'] as const).flatMap((magic) =>
      [false, true].map((extensible) => {
        const { bits, slot, justified } = { justified: 'left', ...form };
        const kind = 'float' in form ? 'float' : 'integer';
        const name = `${magic}, ${kind} of ${bits} bits in ${slot} bytes, ${justified}${extensible ? ', extensible' : ''}`;
        return { ...form, magic, extensible, name };
      }),
    ),
  ),
];

describe('numbers in a WAV file', () => {
  it.each(forms)('$name', async (form) => {
    const { samples, notes } = await decoded(pcmWav([sound], 16000, form));
    expect(worst(samples)).toBeLessThanOrEqual(form.float ? 1e-7 : 2 ** -(form.bits - 1) + 1e-7);
    expect(notes.length).toBe(form.justified === 'right' ? 1 : 0);
  });

  it.each([0x7fffffff, 0x7ffff000, 0x80000000, 0xffffffff, 0xffffffdb])(
    'of %d bytes, says who streams',
    async (size) => {
      const bytes = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2 }));
      bytes.writeUInt32LE(size, 40);
      const { samples, notes } = await decoded(bytes);
      expect(worst(samples)).toBeLessThan(1e-4);
      expect(notes).toEqual([expect.stringMatching(/does not say how long/)]);
    },
  );

  it('of no bytes, says who streams', async () => {
    const bytes = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2 }));
    bytes.writeUInt32LE(0xffffffff, 4);
    bytes.writeUInt32LE(0, 40);
    expect((await decoded(bytes)).samples.length).toBe(sound.length);
  });

  it('of no bytes, where only the size of the samples was never filled in', async () => {
    const bytes = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2 }));
    bytes.writeUInt32LE(0, 40);
    const { samples, notes } = await decoded(bytes);
    expect(samples.length).toBe(sound.length);
    expect(notes).toEqual([expect.stringMatching(/does not say how long/)]);
  });

  it('of no bytes, with another chunk behind', async () => {
    const empty = Buffer.from(pcmWav([new Float32Array(0)], 16000, { bits: 16, slot: 2 }));
    const list = Buffer.from('LIST\x04\0\0\0INFO');
    empty.writeUInt32LE(empty.length + list.length - 8, 4);
    await expect(decoded(Buffer.concat([empty, list]))).rejects.toMatchObject({ reason: 'empty' });
  });

  it('whose alignment is wrong and whose rate of bytes is right', async () => {
    const bytes = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2 }));
    bytes.writeUInt16LE(4, 32);
    expect(worst((await decoded(bytes)).samples)).toBeLessThan(1e-4);
  });

  it('with the padding of an odd chunk counted as sound', async () => {
    const bytes = await readFile(join(formats, 'gsm.wav'));
    const whole = await decoded(bytes);
    const data = bytes.indexOf('data') + 4;
    bytes.writeUInt32LE(bytes.readUInt32LE(data) + 1, data);
    expect((await decoded(Buffer.concat([bytes, Buffer.alloc(1)]))).samples).toEqual(whole.samples);
  });

  it('with nothing in ds64', async () => {
    const bytes = Buffer.from(pcmWav([sound], 16000, { bits: 16, slot: 2, magic: 'RF64' }));
    bytes.writeBigUInt64LE(0n, 20);
    bytes.writeBigUInt64LE(0xffffffffffffffffn, 28);
    expect((await decoded(bytes)).samples.length).toBe(sound.length);
  });

  it('an encoding that is streamed', async () => {
    const bytes = await readFile(join(users, 'IMA_ADPCM.wav'));
    bytes.writeUInt32LE(0x7ffff000, bytes.indexOf('data') + 4);
    const { samples, notes } = await decoded(bytes);
    expect(samples.length).toBe(16272);
    expect(notes.length).toBe(1);
  });
});

describe('channels', () => {
  const quiet = sound.map((sample) => -0.95 * sample);
  const other = Float32Array.from(sound, () => 1.8 * random.uniform() - 0.9);
  const wav = (...channels: Float32Array[]) => pcmWav(channels, 16000, { bits: 32, slot: 4, float: true });

  it('are averaged', async () => {
    const { samples } = await decoded(wav(sound, other));
    expect(
      worst(
        samples,
        sound.map((sample, i) => (sample + other[i]!) / 2),
      ),
    ).toBeLessThan(1e-6);
  });
  it('are chosen by number, in any format', async () => {
    expect(worst((await decoded(wav(sound, other), 2)).samples, other)).toBeLessThan(1e-7);
    const flac = await readFile(join(users, '../tone.flac'));
    const [left, right] = [await decoded(flac, 1), await decoded(flac, 2)];
    expect(Math.max(...left.samples)).toBeCloseTo(0.5, 2);
    expect(Math.max(...right.samples)).toBeCloseTo(0.25, 2);
  });
  it('that nearly cancel are named', async () => {
    await expect(decoded(wav(sound, quiet))).rejects.toMatchObject({ reason: 'cancelled out' });
    expect(worst((await decoded(wav(sound, quiet), 2)).samples, quiet)).toBeLessThan(1e-7);
  });
  it('of which many have nothing in common are averaged, however quiet that is, and called opposite only if they are', async () => {
    const noises = Array.from({ length: 130 }, () =>
      Float32Array.from({ length: 2000 }, () => 0.3 * random.normal()),
    );
    const { samples } = await decoded(wav(...noises));
    expect(Math.max(...samples)).toBeLessThan(0.2);
    const pairs = noises.slice(0, 32).flatMap((noise) => [noise, noise.map((sample) => -sample)]);
    await expect(decoded(wav(...pairs))).rejects.toThrow(/its 64 channels are opposite/);
  });
  it('that are not there are named', async () => {
    await expect(decoded(wav(sound), 2)).rejects.toThrow(
      /without that channel: it has one channel; channel 2/,
    );
    await expect(decoded(wav(sound, other), 3)).rejects.toThrow(/it has 2 channels; channel 3/);
  });
  it('and silence is not taken for channels that cancel', async () => {
    const silence = new Float32Array(100);
    expect((await decoded(wav(silence, silence))).samples).toEqual(silence);
  });
});

describe('what stands around a recording', () => {
  const id3v2 = (size: number, footer = false) => {
    const bytes = Buffer.alloc(10 + size + (footer ? 10 : 0));
    bytes.write('ID3\x04\x00', 'latin1');
    bytes[5] = footer ? 0x10 : 0;
    bytes[8] = size >> 7;
    bytes[9] = size & 0x7f;
    return bytes;
  };
  const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 'x')]);
  const ape = () => {
    const footer = Buffer.alloc(32);
    footer.write('APETAGEX');
    footer.writeUInt32LE(2000, 8);
    footer.writeUInt32LE(32 + 40, 12);
    footer.writeUInt32LE(0x80000000, 20);
    return Buffer.concat([Buffer.alloc(32, 'h'), Buffer.alloc(40, 'i'), footer]);
  };
  const lyrics = Buffer.from(`LYRICSBEGIN${'l'.repeat(30)}000041LYRICS200`);
  const zeros = Buffer.alloc(1000);
  const around: [string, Uint8Array, Uint8Array, number][] = [
    ['ID3v2', id3v2(300), Buffer.alloc(0), 0],
    ['ID3v2 with a footer, twice', Buffer.concat([id3v2(200, true), id3v2(20)]), Buffer.alloc(0), 0],
    ['zeros, then ID3v2', Buffer.concat([zeros, id3v2(300)]), Buffer.alloc(0), 1],
    ['ID3v1', Buffer.alloc(0), id3v1, 0],
    ['an APE tag', Buffer.alloc(0), ape(), 0],
    ['Lyrics3, then an APE tag, then ID3v1', Buffer.alloc(0), Buffer.concat([lyrics, ape(), id3v1]), 0],
  ];

  it.each(
    around.flatMap(([what, before, behind, notes]) =>
      (['mp3-plain.mp3', 'flac-plain.flac', 'oggflac.oga'] as const).map((name) => ({
        what,
        before,
        behind,
        notes,
        name,
      })),
    ),
  )('$what: $name', async ({ before, behind, notes, name }) => {
    const bytes = await readFile(join(users, name));
    const bare = await decoded(bytes);
    const tagged = await decoded(Buffer.concat([before, bytes, behind]));
    expect(worst(tagged.samples, bare.samples)).toBe(0);
    expect(tagged.notes.length).toBe(notes);
  });

  it.each(['mp3-plain.mp3', 'flac-plain.flac', 'vorbis.ogg'])('zeros behind %s', async (name) => {
    const bytes = await readFile(join(users, name));
    const bare = await decoded(bytes);
    const { samples, notes } = await decoded(Buffer.concat([bytes, zeros]));
    expect(worst(samples, bare.samples)).toBe(0);
    expect(notes.length).toBe(1);
  });
});

describe('ChannelMixer', () => {
  it('does not fill the memory, and gives back what it was told to drop', () => {
    const mixer = new ChannelMixer(undefined, 2500);
    mixer.take([sound], 16000);
    mixer.take([sound], 16000);
    expect(() => mixer.take([sound], 16000)).toThrow(
      /takes more than 1 MiB, which is what is held of one recording/,
    );
    const shorter = new ChannelMixer(undefined);
    shorter.take([sound], 16000);
    shorter.take([sound], 16000);
    shorter.drop(1500);
    expect(shorter.samples()).toEqual(sound.subarray(0, 502));
  });
});

describe('MP3', () => {
  it('without a count, whose second half was overwritten', async () => {
    const bytes = await readFile(join(users, 'mp3-plain.mp3'));
    const header = Math.max(bytes.indexOf('Info'), bytes.indexOf('Xing'));
    bytes.fill(0, header, header + 120);
    await expect(decoded(bytes)).resolves.toMatchObject({ notes: [] });
    await expect(decoded(bytes.fill(0x5a, bytes.length >> 1))).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('counts the frames of a VBRI header', async () => {
    const bytes = await readFile(join(users, 'mp3-plain.mp3'));
    const first = bytes.indexOf('Info') === -1 ? bytes.indexOf('Xing') : bytes.indexOf('Info');
    const frame = bytes.lastIndexOf(0xff, first - 1);
    bytes.fill(0, first, first + 4);
    bytes.write('VBRI', frame + 36);
    bytes.writeUInt16BE(1, frame + 40);
    bytes.writeUInt32BE(bytes.length - frame, frame + 46);
    bytes.writeUInt32BE(58, frame + 50);
    expect((await decoded(bytes)).samples.length).toBeGreaterThanOrEqual(32000);
    bytes.writeUInt32BE(60, frame + 50);
    await expect(decoded(bytes)).rejects.toThrow(/promises 60 frames, it holds 58/);
  });
  it('that promises fewer frames than it has is whole', async () => {
    const bytes = await readFile(join(users, 'mp3-plain.mp3'));
    const header = Math.max(bytes.indexOf('Info'), bytes.indexOf('Xing'));
    bytes.writeUInt32BE(40, header + 8);
    const { notes } = await decoded(bytes);
    expect(notes).toEqual([expect.stringMatching(/promises 40 frames, it holds 58/)]);
  });
});

describe('SPHERE', () => {
  it('compressed with shorten, as older corpora are', async () => {
    const integers = Int16Array.from(sound, (sample) => Math.round(3000 * sample));
    const { samples, sampleRate } = await decoded(shortenedSphere(integers, 16000));
    expect(sampleRate).toBe(16000);
    expect(
      worst(
        samples,
        Float32Array.from(integers, (sample) => sample / 32768),
      ),
    ).toBe(0);
  });
  it('compressed and cut', async () => {
    const integers = Int16Array.from({ length: 4000 }, (_, i) => Math.round(3000 * Math.sin(i / 9)));
    const bytes = shortenedSphere(integers, 16000);
    await expect(decoded(bytes.subarray(0, bytes.length * 0.6))).rejects.toMatchObject({
      reason: 'truncated',
    });
  });
});

describe('a file that ends within its header', () => {
  it('is called truncated, not of a kind that is not read', async () => {
    const bytes = await readFile(join(users, 'flac-plain.flac'));
    const cut = bytes.subarray(0, 3000);
    await expect(decoded(cut)).rejects.toMatchObject({ reason: 'truncated' });
  });
});

it('a file of the Amiga is no AIFF that breaks off', async () => {
  const bytes = Buffer.from(`FORM\0\0\0\x208SVXVHDR${'\0'.repeat(24)}`, 'latin1');
  await expect(decoded(bytes)).rejects.toThrow(/none of the supported formats/);
});

describe('AMR', () => {
  it.each([
    ['#!AMR\n', 0x3c, 32, 8000],
    ['#!AMR-WB\n', 0x04, 18, 16000],
  ] as const)('%j: each frame lasts 20 ms', async (magic, kind, size, rate) => {
    const frames = Array.from({ length: 30 }, () =>
      Buffer.from(
        Array.from({ length: size }, (_, i) => (i === 0 ? kind : Math.floor(256 * random.uniform()))),
      ),
    );
    const bytes = Buffer.concat([Buffer.from(magic), ...frames]);
    const { samples, sampleRate } = await decoded(bytes);
    expect(sampleRate).toBe(rate);
    expect(samples.length).toBe((30 * rate) / 50);
    await expect(decoded(bytes.subarray(0, -5))).rejects.toMatchObject({ reason: 'truncated' });
  });
});
