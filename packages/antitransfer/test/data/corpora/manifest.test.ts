import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest } from '../../../src/data/corpora/manifest.js';
import { UserError } from '../../../src/errors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-manifest-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(name: string, text: string) {
  await writeFile(join(folder, name), text);
  return manifest.create({}, join(folder, name));
}

const rows = [
  { id: 'a, b.wav#1.5', start: 1.5, duration: 2, labels: { speaker: 'ann', word: 'yes "sir"' } },
  { id: 'c.wav', labels: { speaker: '7', word: 'no' } },
];

describe('manifest', () => {
  it('reads CSV', async () => {
    const text =
      '\uFEFFpath,start,duration,speaker,word\r\nc.wav,,,7,no\r\n\r\n"a, b.wav",1.5,2,ann,"yes ""sir"""\r\n';
    const { clips } = await load('a.csv', text);
    expect(clips).toEqual([
      { ...rows[0], path: join(folder, 'a, b.wav') },
      { ...rows[1], path: join(folder, 'c.wav') },
    ]);
  });

  it('reads JSON Lines', async () => {
    const { clips } = await load(
      'a.jsonl',
      '{"path": "c.wav", "speaker": 7, "word": "no", "start": null}\n\n' +
        '{"path": "a, b.wav", "start": 1.5, "duration": 2, "speaker": "ann", "word": "yes \\"sir\\""}\n',
    );
    expect(clips).toEqual([
      { ...rows[0], path: join(folder, 'a, b.wav') },
      { ...rows[1], path: join(folder, 'c.wav') },
    ]);
  });

  it.each([
    ['no.csv', 'file,word\na.wav,b\n', /no\.csv, line 1: there is no column "path"; got "file", "word"/],
    ['twice.csv', 'path,x,x\na.wav,b,c\n', /line 1: the column "x" is there twice/],
    ['short.csv', 'path,x\na.wav,b\nc.wav\n', /short\.csv.*line 3/],
    ['quote.csv', 'path,x\n"a.wav,b\n', /quote\.csv.*[Qq]uote/],
    ['start.csv', 'path,start,x\na.wav,0,b\nb.wav,soon,b\n', /line 3: "start" is a number.*got "soon"/],
    [
      'zero.csv',
      'path,duration,x\na.wav,0,b\n',
      /line 2: "duration" is a number of seconds above 0; got "0"/,
    ],
    ['label.csv', 'path,x\na.wav,b\nb.wav,\n', /line 3: the label "x" is missing or empty/],
    ['same.csv', 'path,x\na.wav,b\n\na.wav,c\n', /line 4: "a\.wav" is already on line 2/],
    ['empty.csv', 'path,x\n', /it has no rows/],
    ['bad.jsonl', '{"path": "a.wav"}\n{path}\n', /bad\.jsonl, line 2: this is not JSON/],
    ['list.jsonl', '[1]\n', /line 1: a line is a JSON object/],
    ['nested.jsonl', '{"path": "a.wav", "x": {"y": 1}}\n', /line 1: "x" is text or a number; got {"y":1}/],
    ['label.jsonl', '{"path": "a.wav", "x": 1}\n{"path": "b.wav"}\n', /line 2: the label "x" is missing/],
    ['nopath.jsonl', '{"x": 1}\n', /line 1: the column "path" is missing/],
    ['table.tsv', 'path\tx\n', /its name ends otherwise/],
  ])('refuses %s', async (name, text, message) => {
    const error: unknown = await load(name, text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});
