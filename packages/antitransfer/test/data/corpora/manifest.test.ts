import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

async function load(name: string, text: string | Uint8Array) {
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

  it('keeps files apart that differ in nothing but how a letter is composed, and makes one label of both forms', async () => {
    const [composed, apart] = ['é.wav'.normalize('NFC'), 'é.wav'.normalize('NFD')];
    await writeFile(join(folder, composed), 'one');
    await writeFile(join(folder, apart), 'other');
    // A disk that takes both for one has one file then.
    if ((await readFile(join(folder, composed), 'utf8')) === 'other') return;
    const name = (form: string) => 'José'.normalize(form);
    const both = await load(
      'twins.csv',
      `path,speaker\n${composed},${name('NFC')}\n${apart},${name('NFD')} \n`,
    );
    expect(both.clips.map(({ id }) => id).sort()).toEqual([composed, apart].sort());
    expect(new Set(both.clips.map(({ path }) => path))).toEqual(
      new Set([join(folder, composed), join(folder, apart)]),
    );
    expect(new Set(both.clips.map(({ labels }) => labels.speaker))).toEqual(new Set([name('NFC')]));
    const rows = `{"path":"${composed}","take":1}\n{"path":"./${composed}","take":2}\n`;
    await expect(load('twice.jsonl', rows)).rejects.toThrow('is already on line 1');
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
    ['sep=;', ';'],
    ['\uFEFFsep=,\r', ','],
    ['"sep=\t"', '\t'],
  ])('passes over %j, which spreadsheets write and hide, and counts its line', async (first, between) => {
    const end = first.endsWith('\r') ? '\r\n' : '\n';
    const table = ['path,x', 'a.wav,b', 'c.wav,d'].map((line) => line.replace(',', between)).join(end);
    const { clips } = await load('sep.csv', `${first}\n${table}\n`);
    expect(clips.map(({ id, labels }) => [id, labels])).toEqual([
      ['a.wav', { x: 'b' }],
      ['c.wav', { x: 'd' }],
    ]);
    const twice = load('sep.csv', `${first}\n${table}\na.wav${between}b\n`);
    await expect(twice).rejects.toThrow('line 5: "a.wav" is already on line 3');
  });

  it.each(['.csv', '.tsv'])('takes line ends of several kinds in one %s', async (ending) => {
    const rows = 'path,x\r\na.wav,b\nc.wav,d\re.wav,f\r\n'.replaceAll(',', ending === '.csv' ? ',' : '\t');
    const { clips } = await load(`ends${ending}`, rows);
    expect(clips.map(({ id, labels }) => [id, labels.x])).toEqual([
      ['a.wav', 'b'],
      ['c.wav', 'd'],
      ['e.wav', 'f'],
    ]);
  });

  it('passes over the index of a data frame', async () => {
    const { clips } = await load('index.csv', ',path,x\n0,a.wav,b\n1,c.wav,d\n');
    expect(clips.map(({ id, labels }) => [id, labels])).toEqual([
      ['a.wav', { x: 'b' }],
      ['c.wav', { x: 'd' }],
    ]);
    const other = load('index.csv', ',path,x\n0,a.wav,b\n7,c.wav,d\n');
    await expect(other).rejects.toThrow('line 2: "0" is in column 1, which has no name');
  });

  it.each([
    ['semicolons', 'semicolon.csv', ';'],
    ['tabs', 'tab.tsv', '\t'],
    ['bars', 'bar.csv', '|'],
  ])('reads %s between the cells, and then 1,5 is a number', async (_, name, between) => {
    const lines = [
      ['path', 'start', 'duration', 'speaker', 'word'],
      ['"a, b.wav"', '1,5', '2', 'ann', '"yes ""sir"""'],
      ['c.wav', '', '', '7', 'no'],
    ];
    const { clips } = await load(name, lines.map((line) => line.join(between)).join('\n'));
    expect(clips.map(({ path: _, ...clip }) => clip)).toEqual(rows);
  });

  it('takes a quote inside a cell of a table with tabs as a letter', async () => {
    const { clips } = await load('quotes.tsv', 'path\ttext\na.wav\tsay "ah" twice\nb.wav\t"ah" she said\n');
    expect(clips.map(({ labels }) => labels.text)).toEqual(['say "ah" twice', '"ah" she said']);
  });

  it('leaves out empty cells, and columns that have neither name nor cells', async () => {
    const { clips } = await load('holes.csv', 'path,x,y,\na.wav,,1,\nb.wav,2,,\n');
    expect(clips.map(({ labels }) => labels)).toEqual([{ y: '1' }, { x: '2' }]);
  });

  it('has one label for composed and decomposed letters, in cells and in the names of columns', async () => {
    const table = 'path,caf\u00e9\na.wav,\u00e9\nb.wav,e\u0301\n';
    const { clips } = await load('accents.csv', table);
    const decomposed = await load('decomposed.csv', table.replace('caf\u00e9', 'cafe\u0301'));
    expect(clips.map(({ labels }) => labels)).toEqual([{ caf\u00e9: '\u00e9' }, { caf\u00e9: '\u00e9' }]);
    expect(decomposed.clips).toEqual(clips);
  });

  it('keeps 01 and 1 apart', async () => {
    const { clips } = await load('zeros.csv', 'path,x\na.wav,01\nb.wav,1\nc.wav,001\n');
    expect(clips.map(({ labels }) => labels.x)).toEqual(['01', '1', '001']);
  });

  it('finds files by the paths of Windows, and by either spelling of an accent', async () => {
    await mkdir(join(folder, 'deep'), { recursive: true });
    const [composed, decomposed] = ['deep/\u00e9.wav', 'deep/e\u0301.wav'];
    await writeFile(join(folder, decomposed), '');
    await writeFile(join(folder, 'deep/a.wav'), '');
    const cells = ['deep\\a.wav', '.\\b.wav', './c.wav', 'C:\\data\\d.wav', composed];
    const { clips } = await load('windows.csv', ['path', ...cells].join('\n'));
    expect(Object.fromEntries(clips.map(({ id, path }) => [id, path]))).toEqual({
      'deep/a.wav': join(folder, 'deep/a.wav'),
      'b.wav': join(folder, 'b.wav'),
      'c.wav': join(folder, 'c.wav'),
      'C:/data/d.wav': 'C:\\data\\d.wav',
      [composed]: join(folder, decomposed),
    });
  });

  it.each([
    ['no.csv', 'file,word\na.wav,b\n', /no\.csv, line 1: there is no column "path"; got "file", "word"/],
    ['twice.csv', 'path,x,x\na.wav,b,c\n', /line 1: the column "x" is there twice/],
    [
      'short.csv',
      'path,x\na.wav,b\nc.wav\n',
      /short\.csv, line 3: this row has 1 cell, and the header has 2 columns \(path, x\)/,
    ],
    ['ragged.csv', 'path;x\na.wav;b;c\n', /line 2: this row has 3 cells, and the header has 2 columns.*";"/],
    ['capital.csv', 'Path,x\na.wav,b\n', /got "Path", "x"\. Write "path" in place of "Path"\./],
    ['quote.csv', 'path,x\n"a.wav,b\n', /quote\.csv.*[Qq]uote/],
    ['start.csv', 'path,start,x\na.wav,0,b\nb.wav,soon,b\n', /line 3: "start" is a number.*got "soon"/],
    [
      'zero.csv',
      'path,duration,x\na.wav,0,b\n',
      /line 2: "duration" is a number of seconds above 0; got "0"/,
    ],
    ['same.csv', 'path,x\na.wav,b\n\na.wav,c\n', /line 4: "a\.wav" is already on line 2/],
    ['empty.csv', 'path,x\n', /it has no rows/],
    ['bad.jsonl', '{"path": "a.wav"}\n{path}\n', /bad\.jsonl, line 2: this is not JSON/],
    ['list.jsonl', '[1]\n', /line 1: a line is a JSON object/],
    ['nested.jsonl', '{"path": "a.wav", "x": {"y": 1}}\n', /line 1: "x" is text or a number; got {"y":1}/],
    ['nopath.jsonl', '{"x": 1}\n', /line 1: the column "path" is missing/],
    ['table.txt', 'path\tx\n', /its name ends otherwise/],
    ['unnamed.csv', 'path,x,\na.wav,b,\nc.wav,b,oh\n', /line 3: "oh" is in column 3, which has no name/],
    [
      'near.csv',
      'paths;x\na.wav;b\n',
      /no column "path"; got "paths", "x"\. Write "path" in place of "paths"\./,
    ],
    [
      'open.csv',
      'path,x\n"a\n.wav",b\n\nc.wav,"d\ne.wav,f\n',
      /line 5: a quote is opened in this row, and closed nowhere/,
    ],
    [
      'stray.csv',
      'path,x\na.wav,n"o\n',
      /stray\.csv, line 2: a quote stands within a cell of the column "x"/,
    ],
    ['behind.csv', 'path,x\na.wav,"n"o\n', /behind\.csv, line 2: a quote stands within a cell/],
    ['open-first.csv', '\npath,x\n"a.wav,b\n', /line 3: a quote is opened/],
    ['twice.jsonl', '{"path": "a.wav", "x": "a:1", "x": "b"}\n', /line 1: the column "x" is there twice/],
    [
      'spelt.jsonl',
      '{"path": "a.wav"}\n{"path": "b.wav", "caf\u00e9": "1", "cafe\\u0301" : "2"}\n',
      /line 2: the column "caf\u00e9" is there twice/,
    ],
    [
      'nested.jsonl',
      '{"path": "a.wav", "x": {"path": "b.wav"}}\n',
      /line 1: "x" is text or a number; got \{"path":"b.wav"\}/,
    ],
    ['half.jsonl', '{"path": "a.wav", "x": "\\ud800"}\n', /line 1: "x" holds half a letter \("\\ud800"\)/],
    ['array.jsonl', `[${'{"path": "a.wav"}, '.repeat(99)}{}]`, /got \[{"path": "a.wav"}.{60,65}…\.$/],
    ['decimal.csv', 'path,start,x\na.wav,"1,5",b\n', /line 2: "start" is a number.*got "1,5"/],
    [
      'latin1.csv',
      Buffer.from('path,x\na.wav,\xc4rger\n', 'latin1'),
      /latin1\.csv, line 2: this is not UTF-8, but perhaps Latin-1 or Windows-1252 \(the byte 0xC4/,
    ],
    ['latin1.jsonl', Buffer.from('\n{"path": "caf\xe9.wav"}', 'latin1'), /latin1\.jsonl, line 2: .*0xE9/],
    [
      'no-mark.csv',
      Buffer.from('path,x\na.wav,b\n', 'utf16le'),
      /line 1: this is not UTF-8, but probably UTF-16/,
    ],
    [
      'book.csv',
      Buffer.from('PK\x03\x04\x14\0\x06', 'latin1'),
      /book\.csv is a workbook or an archive, not text/,
    ],
    ['utf16.csv', Buffer.from('\uFEFFpath,x\na.wav,b\n', 'utf16le'), /line 1: this is not UTF-8, but UTF-16/],
  ])('refuses %s', async (name, text, message) => {
    const error: unknown = await load(name, text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});
