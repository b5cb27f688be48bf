import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendManifest } from '../../../src/data/corpora/append-manifest.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';
import { UserError } from '../../../src/errors.js';

let folder: string;
let table: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'append-manifest-'));
  table = join(folder, 'digit.csv');
});
afterEach(() => rm(folder, { recursive: true }));

it('begins a table and adds rows that the corpus reads as they were, whatever is in their labels', async () => {
  const labels = { digit: '7', speaker: 'Ann, "the first"\nof two' };
  expect(await appendManifest(table, { path: 'digit/7-1.wav', labels })).toBe(1);
  expect(await appendManifest(table, { path: 'digit/8-1.wav', labels: { digit: '8', room: 'Küche' } })).toBe(
    2,
  );
  const { clips } = await loadCorpus('manifest', table);
  expect(clips.map(({ id, labels: own }) => [id, own])).toEqual([
    ['digit/7-1.wav', { ...labels, speaker: expect.stringContaining('"the first"') }],
    ['digit/8-1.wav', { digit: '8', room: 'Küche' }],
  ]);
  expect((await readFile(table, 'utf8')).split('\n')[0]).toBe('path,digit,speaker,room');
});

it('keeps what somebody else has written, its times among it', async () => {
  await writeFile(table, 'path;start;duration;digit\na.wav;0,5;1;1\n');
  expect(await appendManifest(table, { path: 'b.wav', labels: { digit: '2' } })).toBe(2);
  const { clips } = await loadCorpus('manifest', table);
  expect(clips.map(({ id, start, duration }) => [id, start, duration])).toEqual([
    ['a.wav#0.5', 0.5, 1],
    ['b.wav', undefined, undefined],
  ]);
});

it('writes over nothing that is no such table', async () => {
  await writeFile(table, 'a letter to a friend');
  await expect(appendManifest(table, { path: 'b.wav', labels: {} })).rejects.toThrow(UserError);
  expect(await readFile(table, 'utf8')).toBe('a letter to a friend');
});
