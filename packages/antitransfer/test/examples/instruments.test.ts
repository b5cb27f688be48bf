import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudioFile } from '../../src/data/audio/decode.js';
import { run } from '../cli/run.js';
import { rootFrequency, tinySoundfont } from './tiny-soundfont.js';

const example = fileURLToPath(new URL('../../../../examples/instruments/', import.meta.url));
const main = [0, 11, 16, 25, 40, 46, 56, 57, 65, 68, 71, 73];
const others = [4, 6, 8, 21, 22, 24, 26, 48, 59, 61, 75, 104];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instruments-'));
  await writeFile(join(folder, 'low.sf2'), tinySoundfont([...main, ...others], [0, 70], 1));
  await writeFile(join(folder, 'all.sf2'), tinySoundfont([...main, ...others], [0, 127], 0));
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Renders as a user does, below the folder of this test. */
async function render(...args: string[]): Promise<Outcome> {
  try {
    const output = await promisify(execFile)(
      process.execPath,
      [join(example, 'render.mjs'), '--pitches', '66-71', ...args],
      {
        cwd: folder,
      },
    );
    return { ...output, code: 0 };
  } catch (error) {
    return error as Outcome;
  }
}

const wavs = async (name: string) =>
  (await readdir(join(folder, name), { recursive: true })).filter((file) => file.endsWith('.wav')).sort();

describe('notes that are rendered from soundfonts', { timeout: 180_000 }, () => {
  it('are of every instrument, soundfont, pitch and velocity, but for silent ones, which are counted', async () => {
    const { stdout, stderr, code } = await render('--out', 'main', 'low=low.sf2', 'all=all.sf2');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `264 notes in ${join(folder, 'main')}; 24 silent and left out (render.json)\n`,
    });
    expect(stderr).toContain('all: flute (264 notes so far)\n');
    const files = await wavs('main');
    expect(files).toHaveLength(12 * 2 * (5 + 6));
    expect(files).toContain('alto-sax/low_70_50.wav');
    expect(files).not.toContain('alto-sax/low_71_50.wav');
    expect(files).toContain('violin/all_71_100.wav');
  });

  it.each([66, 71])('sound at their pitch, held for 0.8 s of one (%i)', async (pitch) => {
    const { samples, sampleRate } = await decodeAudioFile(join(folder, `main/piano/all_${pitch}_100.wav`));
    expect([sampleRate, samples.length]).toEqual([16_000, 16_000]);
    expect(Math.max(...samples)).toBeCloseTo(0.9, 2);
    const steady = samples.slice(1600, 11_200);
    const crossings = steady.filter((sample, index) => sample >= 0 && (steady[index - 1] ?? 0) < 0).length;
    const frequency = rootFrequency * 2 ** ((pitch - 60) / 12);
    expect(Math.abs(crossings / 0.6 - frequency)).toBeLessThan(2.5);
    const energy = (from: number, to: number) =>
      samples.slice(from * 16_000, to * 16_000).reduce((sum, sample) => sum + sample ** 2, 0);
    expect(energy(0.75, 0.8)).toBeGreaterThan(100);
    // The synthesizer lets a note fade, however quick its release is.
    expect(energy(0.95, 1)).toBeLessThan(0.05 * energy(0.75, 0.8));
  });

  it('are the same bytes whenever they are rendered, and whatever was rendered before', async () => {
    await render('--out', 'again', '--pitches', '69-71', 'all=all.sf2');
    const files = await wavs('again');
    expect(files).toHaveLength(12 * 3 * 2);
    for (const file of files) {
      const [once, again] = ['main', 'again'].map((name) => readFile(join(folder, name, file)));
      expect((await once)?.equals((await again) ?? Buffer.alloc(0)), file).toBe(true);
    }
  });

  it('are not rendered again, and nothing else is written over', async () => {
    const before = await stat(join(folder, 'again/render.json'));
    expect((await render('--out', 'again', '--pitches', '69-71', 'all=all.sf2')).stdout).toContain(
      'has its 72 notes already',
    );
    expect((await stat(join(folder, 'again/render.json'))).mtimeMs).toBe(before.mtimeMs);
    const { code, stderr } = await render('--out', 'again', '--set', 'others', 'all=all.sf2');
    expect(code).toBe(1);
    expect(stderr).toContain('exists and is not of these notes (set others, all)');
  });

  it('are a corpus that the configuration reads, with other instruments to learn the soundfonts from', async () => {
    await render('--out', 'others', '--set', 'others', 'low=low.sf2', 'all=all.sf2');
    const config = await readFile(join(example, 'config.yaml'), 'utf8');
    expect(config).toContain('../../corpora/instruments/main');
    await writeFile(join(folder, 'config.yaml'), config.replaceAll('../../corpora/instruments/', ''));
    const { out, err } = await run(folder, 'compare', 'config.yaml', '--dry-run');
    expect(out, err).toContain(
      '132 of 265 files are used; 1 is no sound (.json); 132 are left out by where: velocity.',
    );
    expect(out).toContain('To learn the bank: train 106, validation 26.');
  });
});

describe('a soundfont that cannot be used', () => {
  it('is named, with the programs that it lacks', async () => {
    await writeFile(join(folder, 'few.sf2'), tinySoundfont(main.slice(2), [0, 127], 0));
    const { code, stderr } = await render('--out', 'few', 'few=few.sf2');
    expect(code).toBe(1);
    expect(stderr).toBe(
      '"few.sf2" lacks programs of General MIDI: piano (0), vibraphone (11). Take a soundfont that has all of them.\n',
    );
  });

  it.each([
    ['is no file', 'x=none.sf2', 'There is no file "none.sf2"'],
    ['has no name', 'all.sf2', 'Write name=path.sf2'],
    ['has a name that file names cannot hold', 'a_b=all.sf2', 'Write name=path.sf2'],
    ['is none', 'x=notes.sf2', '"notes.sf2" cannot be read as a soundfont'],
  ])('%s', async (_, bank, message) => {
    await writeFile(join(folder, 'notes.sf2'), 'no soundfont at all');
    const { code, stderr } = await render('--out', 'none', bank);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(await readdir(folder)).not.toContain('none');
  });
});
