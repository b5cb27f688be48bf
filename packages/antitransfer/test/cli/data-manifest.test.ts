import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeWav } from 'antitransfer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const files = [
  'left/adam_01.wav',
  'left/eve_02.WAV',
  'right/adam_01.wav',
  'right/eve_x_2.wav',
  'top.wav',
  'a/b.wma',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-cli-manifest-'));
  for (const [index, file] of files.entries()) {
    const path = join(folder, 'words', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(
      path,
      encodeWav(
        Float32Array.from({ length: 80 }, (_, i) => Math.sin(i * (index + 1))),
        8000,
      ),
    );
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const manifest = (...args: string[]) => run(folder, 'data', 'manifest', 'words', ...args);

describe('data manifest', () => {
  it('writes what names say, and lists the files that are named otherwise', async () => {
    const { code, out, err } = await manifest('--pattern', '{word}/{speaker}_{}.wav');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await readFile(join(folder, 'words/manifest.csv'), 'utf8')).toBe(
      'path,word,speaker\nleft/adam_01.wav,left,adam\nleft/eve_02.WAV,left,eve\nright/adam_01.wav,right,adam\n',
    );
    expect(out).toContain('3 of 6 sound files; 1 is .wma, which is not read');
    expect(out).toContain(
      '2 are named otherwise and left out, 1 of them fitting the pattern in two ways:\n  right/eve_x_2.wav\n  top.wav\n',
    );
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const described = await run(folder, 'data', 'describe', 'words/manifest.csv');
    expect(described.out).toContain('manifest: 3 clips in 3 files');
  });

  it('writes over nothing without --force, and names files from where the table is', async () => {
    const pattern = ['--pattern', '{word}/{speaker}_{}.wav'];
    await mkdir(join(folder, 'tables'), { recursive: true });
    await writeFile(join(folder, 'tables/clips.csv'), 'mine');
    const output = ['--output', 'tables/clips.csv'];
    const refused = await manifest(...pattern, ...output);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('"tables/clips.csv" is there already');
    expect(await readFile(join(folder, 'tables/clips.csv'), 'utf8')).toBe('mine');
    const { out } = await manifest(...pattern, ...output, '--force', '--json');
    expect(JSON.parse(out)).toMatchObject({
      clips: 3,
      columns: ['word', 'speaker'],
      others: ['right/eve_x_2.wav', 'top.wav'],
      leftOut: [{ reason: 'format', what: '.wma', count: 1 }, { reason: 'name', count: 1 }, { count: 1 }],
    });
    expect(await readFile(join(folder, 'tables/clips.csv'), 'utf8')).toContain(
      '\n../words/left/adam_01.wav,left,adam\n',
    );
  });

  it.each([
    [
      ['--pattern', '{speaker}-{word}.wav'],
      'look like "left/adam_01.wav". The pattern is about the whole path',
    ],
    [['--pattern', '{x}/{y}{z}.wav'], 'it in two ways: limit a part'],
    [['--pattern', '{speaker'], 'The pattern "{speaker" cannot be used: a "{" is alone'],
    [[], "required option '--pattern <pattern>' not specified"],
    [['--pattern', '{x}/{y}.wav', '--output', 'clips.txt'], "the table's name ends in .csv"],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await manifest(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('data describe and check', () => {
  it('say what else is in a folder, and which labels are likely one', async () => {
    const described = await run(folder, 'data', 'describe', 'words');
    expect(described.out).toMatch(/4 of \d files are used; 1 is \.wma, which is not read;/);
    expect(described.out.replace(/\s+/g, ' ')).toContain('1 is named otherwise (such as top.wav)');
    expect((await run(folder, 'data', 'check', 'words')).out).toMatch(
      /4 of \d files are used; 1 is \.wma, which is not read/,
    );
    await writeFile(join(folder, 'words/zeros.csv'), 'path,take\nleft/adam_01.wav,01\nleft/eve_02.WAV,1\n');
    const table = await run(folder, 'data', 'describe', 'words/zeros.csv');
    expect(table.out).toContain('take: "01", "1" are 2 labels; are they one?');
  });
});
