import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { encodeWav } from '../../src/data/audio/wav.js';
import { tinyRows, tinyTree, writeTable, writeTiny } from '../runs/tiny.js';
import { run } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-dry-run-'));
  await writeTiny(join(folder, 'corpus'));
  await writeFile(join(folder, 'tiny.yaml'), stringify({ ...tinyTree('corpus'), seeds: 2 }));
  // Without the name of the corpus, a path alone.
  const unnamed = { ...tinyTree('corpus'), data: { path: 'corpus/clips.csv' } };
  await writeFile(join(folder, 'unnamed.yaml'), stringify(unnamed));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('compare --dry-run', () => {
  it('shows what is found, cut and split by class, and trains nothing', async () => {
    const { code, out } = await run(folder, 'compare', 'tiny.yaml', '--dry-run', '--features.seconds', '0.3');
    expect(code).toBe(0);
    expect(out.replaceAll('\n  ', ' ')).toBe(`20 of 20 rows are used.
20 of 20 clips are longer than 0.3 s (up to 0.4 s) and lose their end.
Seeds 1 to 2: train 12, validation 4, test 4 of 20 clips.
To learn the speaker: train 8, validation 4.

digit  train  validation  test
high       6           2     2
low        6           2     2
`);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(existsSync(join(folder, 'runs/tiny'))).toBe(false);
  });

  it('says that features are computed when they are, and not of a corpus that is missing', async () => {
    const flags = ['compare', 'tiny.yaml', '--dry-run'];
    expect((await run(folder, ...flags)).err).toBe('Computing features …\n');
    const missing = await run(folder, ...flags, '--data.path', 'elsewhere.csv');
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('elsewhere.csv');
    expect(missing.err).not.toContain('Computing');
  });

  it('tells of windows before their features', async () => {
    const { err } = await run(folder, 'compare', 'tiny.yaml', '--dry-run', '--segments.hop', '0.2');
    expect(err).toBe('Cutting clips into windows, computing their features …\nComputing features …\n');
  });

  it('says which noises are mixed in, of how many recordings, and at which levels', async () => {
    const noises = join(folder, 'noises');
    await mkdir(noises);
    for (const name of ['hiss_1', 'hiss_2', 'hum'])
      await writeFile(join(noises, `${name}.wav`), encodeWav(new Float32Array(8000).fill(0.1), 8000));
    await writeFile(join(noises, 'README'), '');
    const flags = ['--data.noise', 'noises', '--data.snr', '[0, 10]'];
    const { code, out, err } = await run(folder, 'compare', 'tiny.yaml', '--dry-run', ...flags);
    expect(code, err).toBe(0);
    expect(out).toContain(
      'Noise is mixed in at 0, 10 dB: hiss (2 recordings), hum (1).\n' +
        '3 of 4 files in the folder of noises are used; 1 is no sound (such as README).\n',
    );
  });

  it('is one line of JSON with --json', async () => {
    const { out } = await run(folder, 'compare', 'tiny.yaml', '--dry-run', '--json');
    expect(JSON.parse(out)).toMatchObject({
      corpora: [{ used: 20 }],
      repetitions: [{ seed: 1 }, { seed: 2 }],
    });
  });
});

describe('clips with nothing to hear', () => {
  it('are counted and named without segments, computed now or before', async () => {
    await writeTiny(join(folder, 'quiet'));
    const rows = tinyRows().map((row, index) => (index < 2 ? { ...row, path: `nothing-${index}.wav` } : row));
    await writeFile(join(folder, 'quiet/nothing-0.wav'), encodeWav(new Float32Array(3200), 8000));
    await writeFile(join(folder, 'quiet/nothing-1.wav'), encodeWav(new Float32Array(40).fill(0.5), 8000));
    await writeTable(join(folder, 'quiet'), rows);
    await writeFile(join(folder, 'quiet.yaml'), stringify(tinyTree('quiet')));
    for (const _ of ['computed', 'stored']) {
      const { code, out } = await run(folder, 'compare', 'quiet.yaml', '--dry-run');
      expect(code).toBe(0);
      expect(out.replaceAll('\n  ', ' ')).toContain(
        '2 of 20 clips have nothing to hear in what is used of them (less than 0.05 s of sound, or no sample above ' +
          '0.0001 of full scale): nothing-0.wav, nothing-1.wav.',
      );
    }
    const cut = await run(folder, 'compare', 'quiet.yaml', '--dry-run', '--segments.hop', '0.4');
    expect(cut.out.replaceAll('\n  ', ' ')).toMatch(/left out with less than 0\.05 s.*nothing is left: 2/);
    expect(cut.out).not.toContain('have nothing to hear');
  });
});

describe('a path without the kind of its corpus', () => {
  it('is recognised in a file and after --data, as data describe does', async () => {
    for (const args of [['unnamed.yaml'], ['tiny.yaml', '--data', 'corpus/clips.csv']]) {
      const { code, err, out } = await run(folder, 'compare', ...args, '--dry-run');
      expect(code, err).toBe(0);
      expect(out).toContain('20 of 20 rows are used.');
    }
  });

  it.each([
    [
      ['unnamed.yaml', '--target', 'digt'],
      /There is no label column "digt", which target asks for; the clips have list, digit, .*Did you mean digit\?/,
    ],
    [
      ['unnamed.yaml', '--data.where', '{room: hal}'],
      /data\.where\.room: no clip has the room "hal".*Did you mean hall\?/,
    ],
    [
      ['--data', 'corpus/clips.csv'],
      /"take", which split\.order asks for; the clips have list, digit, speaker, room\. Name one .*\(--split\.kind random\)\.$/m,
    ],
    [
      ['unnamed.yaml', '--orthogonal.column', 'rom'],
      /"rom", which orthogonal\[0\]\.column asks for; .*Did you mean room\?/,
    ],
    [['unnamed.yaml', '--split.kind', 'fsdd-official'], /"take", which split\.kind asks for; the clips/],
    [['--data', 'nowhere'], /There is nothing at ".*nowhere"/],
  ])('names what is wrong: %j', async (args, message) => {
    const { code, err } = await run(folder, 'compare', ...args, '--dry-run');
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
