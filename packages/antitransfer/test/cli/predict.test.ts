import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import { modelWith } from '../inference/models.js';
import { run, runJson, start } from './run.js';

const RATE = 8000;
const binary = fileURLToPath(new URL('../../bin/antitransfer.js', import.meta.url));

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const predict = (...args: string[]) => run(folder, 'predict', 'model.onnx', ...args);

/** Sound of a pitch for some seconds. */
const tone = (seconds: number, pitch = 0.3) =>
  Float32Array.from({ length: Math.round(seconds * RATE) }, (_, i) => 0.5 * Math.sin(pitch * i));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-predict-'));
  await writeFile(
    at('model.onnx'),
    modelWith(['no', 'yes'], (weight) => 6 * weight),
  );
  await mkdir(at('calls', 'today'), { recursive: true });
  await writeFile(at('calls', 'short.WAV'), encodeWav(tone(0.4), RATE));
  await writeFile(at('calls', 'today', 'long.wav'), encodeWav(tone(1.1), RATE));
  await writeFile(at('calls', 'today', 'click.wav'), encodeWav(tone(0.005), RATE));
  await writeFile(at('calls', 'notes.txt'), 'not a recording');
});
afterAll(() => rm(folder, { recursive: true }));

interface Answer {
  readonly predictions: readonly {
    readonly file: string;
    readonly seconds: number;
    readonly label: string | null;
    readonly windows?: readonly { readonly start: number; readonly end: number; readonly label: string }[];
  }[];
  readonly problems: readonly { readonly file: string; readonly reason: string }[];
}

describe('predict', () => {
  it('takes a folder: every recording in it and below, and says what it leaves', async () => {
    const { code, out, err } = await predict('calls');
    expect(code).toBe(0);
    const rows = out.trimEnd().split('\n');
    expect(rows[0]?.split(/ {2,}/)).toEqual(['file', 'start (s)', 'end (s)', 'word', 'probability']);
    expect(rows.slice(1).map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([
      ['calls/short.WAV', '0.00', '0.40'],
      ['calls/today/click.wav', '0.00', '0.01'],
      ['calls/today/long.wav', '0.00', '0.40'],
      ['calls/today/long.wav', '0.20', '0.60'],
      ['calls/today/long.wav', '0.40', '0.80'],
      ['calls/today/long.wav', '0.60', '1.00'],
      ['calls/today/long.wav', '0.80', '1.10'],
    ]);
    expect(rows[2]).toMatch(/click.wav .*\(nothing heard\)$/);
    expect(err).toContain('calls: 3 of 4 files are used; no recordings by their names: 1.');
    expect(err).toContain(
      "Longer than the model's 0.4 s: 1 of 3 recordings, gone through in 5 windows, 0.2 s apart.",
    );
    expect(err).toContain('There is nothing to hear in "calls/today/click.wav"');
    for (const line of err.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
  });

  it('takes a list of paths, from its own folder, and from standard input', async () => {
    await writeFile(at('calls', 'list.txt'), '\ufeff"short.WAV"\r\n\r\ntoday/long.wav\r\nnone.wav\n');
    const listed = await runJson<Answer>(folder, 'predict', 'model.onnx', '--list', 'calls/list.txt');
    expect(listed.predictions.map(({ file }) => file)).toEqual([
      at('calls', 'short.WAV'),
      at('calls', 'today', 'long.wav'),
    ]);
    expect(listed.problems).toMatchObject([{ file: at('calls', 'none.wav'), reason: 'missing' }]);

    const child = spawn(
      process.execPath,
      [binary, 'predict', 'model.onnx', '--list', '-', '--format', 'csv'],
      {
        cwd: folder,
      },
    );
    child.stdin.end('calls/short.WAV\n');
    const out = await new Promise<string>((resolve) => {
      let all = '';
      child.stdout.on('data', (bytes: Buffer) => {
        all += bytes;
      });
      child.on('close', () => resolve(all));
    });
    expect(parse(out, { columns: true })).toMatchObject([{ file: 'calls/short.WAV', heard: 'true' }]);
  });

  it('writes CSV that a reader of CSV reads: a row a window, without a label where nothing was heard', async () => {
    await writeFile(at('=1+1,"x".wav'), encodeWav(tone(0.4), RATE));
    const { out, code } = await predict('calls', '=1+1,"x".wav', 'none.wav', '--format', 'csv');
    expect(code).toBe(1);
    const rows: Record<string, string>[] = parse(out, { columns: true });
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['file', 'start', 'end', 'heard', 'label', 'probability', 'peak'],
      ...['probability no', 'probability yes'],
    ]);
    expect(rows).toHaveLength(8);
    const [short, click, long] = rows;
    expect(click).toMatchObject({
      file: 'calls/today/click.wav',
      heard: 'false',
      label: '',
      'probability no': '',
    });
    expect(long).toMatchObject({ start: '0', end: '0.4', heard: 'true' });
    const { label = '', probability, ...others } = short ?? {};
    expect(others[`probability ${label}`]).toBe(probability);
    expect(rows.at(-1)?.file).toBe('\'=1+1,"x".wav');
  });

  it('gives one label a recording with --whole: the most probable over its windows', async () => {
    const windows = await runJson<Answer>(folder, 'predict', 'model.onnx', 'calls/today/long.wav');
    const whole = await runJson<Answer>(folder, 'predict', 'model.onnx', '--whole', 'calls/today/long.wav');
    expect(windows.predictions[0]).toMatchObject({ seconds: 1.1, ...whole.predictions[0] });
    expect(windows.predictions[0]?.windows).toHaveLength(5);
    expect(whole.predictions[0]?.windows).toBeUndefined();
    const { out } = await predict('--whole', 'calls');
    const rows = out.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(3);
  });

  it('writes a label track of one recording', async () => {
    const { out, code } = await predict('calls/today/long.wav', '--format', 'labels', '--hop', '0.4');
    expect(code).toBe(0);
    for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^\d+\.\d{6}\t\d+\.\d{6}\t(no|yes)$/);
    expect(out.startsWith('0.000000\t')).toBe(true);
    expect(out.trimEnd().split('\n').at(-1)?.split('\t')[1]).toBe('1.100000');
    const two = await predict('calls', '--format', 'labels');
    expect(two).toMatchObject({ code: 2, out: '' });
    expect(two.err).toContain('A label track is of one recording; there are 3.');
  });

  it('refuses what is no recording, no list and no format, with what to do', async () => {
    await mkdir(at('empty'), { recursive: true });
    await writeFile(at('blank.txt'), '\n \n');
    await writeFile(at('table.csv'), 'speaker,path\nann,short.wav\n');
    for (const [args, said] of [
      [['empty'], 'There is no recording in "empty" or below: none of its 0 files'],
      [['--list', 'table.csv'], 'The list "table.csv" is a table with a column "path"'],
      [['--list', 'none.txt'], 'The list "none.txt" cannot be read'],
      [['--list', 'model.onnx'], 'this is not UTF-8'],
      [['--list', 'blank.txt'], 'There is no path in the list "blank.txt"'],
      [[], 'There is nothing to label'],
      [['calls', '--format', 'cvs'], 'Did you mean csv?'],
      [['calls', '--hop', '0'], 'It must be a number above 0'],
      [['calls', '--hop', '1e-9'], 'A hop of 1e-9 s is less than the 0.032 s from one frame of the features'],
      [['calls', '--minimum-peak', '2'], 'It must be a number from 0 to 1'],
    ] as const) {
      const { code, out, err } = await predict(...args);
      expect(err).toContain(said);
      expect({ code, out }).toEqual({ code: 2, out: '' });
    }
  });
});

/** A WAV file of some hours, most of it holes that take no room on the disk. */
async function writeHours(path: string, hours: number): Promise<void> {
  const samples = hours * 3600 * RATE;
  const head = Buffer.from(encodeWav(new Float32Array(0), RATE));
  head.writeUInt32LE(36 + 2 * samples, 4);
  head.writeUInt32LE(2 * samples, 40);
  const file = await open(path, 'w');
  await file.write(head);
  await file.truncate(44 + 2 * samples);
  const word = encodeWav(tone(1), RATE).subarray(44);
  await file.write(word, 0, word.length, 44 + 2 * (samples - RATE));
  await file.close();
}

const measures = process.platform === 'linux';
if (!measures) console.info('Memory is measured on Linux only: that of long recordings is not tested here.');

describe('a recording of hours', () => {
  it.skipIf(!measures)(
    'is gone through in little memory, to its end',
    async () => {
      await writeHours(at('hours.wav'), 4);
      const args = ['predict', 'model.onnx', 'hours.wav', '--format', 'csv', '--hop', '0.4'];
      const { child, ended } = start(folder, ...args);
      let peak = 0;
      const watch = setInterval(async () => {
        const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      }, 50);
      const { out, code } = await ended;
      clearInterval(watch);
      expect(code).toBe(0);
      const heard: Record<string, string>[] = (
        parse(out, { columns: true }) as Record<string, string>[]
      ).filter(({ heard: is }) => is === 'true');
      expect(heard.map(({ start: from }) => Number(from))).toEqual([14_398.8, 14_399.2, 14_399.6]);
      expect(Number(heard.at(-1)?.end)).toBe(14_400);
      // Its samples in single precision take 440 MiB.
      console.info(`4 hours: ${peak.toFixed(0)} MiB at most`);
      expect(peak).toBeGreaterThan(50);
      expect(peak).toBeLessThan(300);
    },
    120_000,
  );

  it('stops at once when it is told to, without a trace and with what is done', async () => {
    await writeHours(at('hours.wav'), 4);
    const { child, ended } = start(
      folder,
      'predict',
      'model.onnx',
      'calls/short.WAV',
      'hours.wav',
      '--format',
      'csv',
      '--batch',
      '1',
      '--hop',
      '0.032',
    );
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGINT');
    const { code, err, out } = await ended;
    expect(code).toBe(130);
    expect(err).toBe('Stopping.\n');
    expect(out).toMatch(/^calls\/short.WAV,/m);
    expect(out).not.toContain('hours.wav');
  }, 60_000);
});
