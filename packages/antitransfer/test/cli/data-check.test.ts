import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { encodeWav } from '../../src/data/audio/wav.js';
import { tinyRows, tinyTree, writeTable, writeTiny } from '../runs/tiny.js';
import { run, runJson } from './run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-data-check-'));
  await writeTiny(join(folder, 'corpus'));
  const bad = { list: 'training', digit: 'xxx', speaker: 'ann', room: 'cellar' };
  await writeTable(join(folder, 'corpus'), [
    ...tinyRows(),
    { ...bad, path: 'gone.wav' },
    { ...bad, path: 'late.wav' },
  ]);
  const late = new Float32Array(8000);
  late.fill(0.3, 6000);
  await writeFile(join(folder, 'corpus/late.wav'), encodeWav(late, 8000));
  const tree = tinyTree('corpus');
  await writeFile(join(folder, 'all.yaml'), stringify(tree));
  const rules = { where: { room: ['hall', 'bath'] }, labels: { digit: { rename: { low: 'deep' } } } };
  const some = { ...tree, data: { ...(tree.data as object), ...rules } };
  await writeFile(join(folder, 'some.yaml'), stringify(some));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Checked {
  readonly clips: number;
  readonly problems: readonly { readonly reason: string }[];
}

describe('data check --config', () => {
  it('goes as far as a training of that configuration, and says which settings it used', async () => {
    const all = await run(folder, 'data', 'check', '--config', 'all.yaml');
    expect(all.code).toBe(1);
    expect(all.out).toContain('gone.wav" is missing');
    expect(all.out).toMatch(
      /late\.wav" is silent: no sample of the clip "late\.wav" in the segment that is used/,
    );
    const own = all.out.split('\n').filter((line) => !/ is (missing|silent)/.test(line));
    for (const line of own) expect(line.length).toBeLessThanOrEqual(100);
    expect(all.out.replaceAll('\n  ', ' ')).toContain(
      'magnitude at 8000 Hz of the mean of all channels, the first 0.4 s of each clip.',
    );
    const plain = await runJson<Checked>(folder, 'data', 'check', 'corpus/clips.csv');
    expect(plain.problems.map(({ reason }) => reason)).toEqual(['missing']);
  });

  it('looks at the clips that where and labels leave', async () => {
    const some = await run(folder, 'data', 'check', '--config', 'some.yaml');
    expect(some, some.out).toMatchObject({ code: 0 });
    expect(some.out).toContain('manifest: 20 files, all can be used.');
    expect(some.out).toContain('20 of 22 rows are used; 2 are left out by where: room.');
    expect(some.out).toContain('10 clips of the digit "low" are called "deep".');
  });

  it('takes another path, and flags over the configuration', async () => {
    const args = ['data', 'check', 'corpus/clips.csv', '--config', 'all.yaml', '--where', '{room: hall}'];
    expect(await runJson<Checked>(folder, ...args)).toMatchObject({ clips: 10, problems: [] });
    const unknown = await run(folder, ...args.slice(0, -1), '{room: hal}');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('no clip has the room "hal"');
  });

  it('needs recordings, and valid flags', async () => {
    expect((await run(folder, 'data', 'check')).err).toContain(
      'Name a folder or a table of them, or a configuration',
    );
    const empty = await run(folder, 'data', 'check', 'corpus/clips.csv', '--where', '{room: []}');
    expect(empty.err).toContain('--where.room: the list is empty');
    expect((await run(folder, 'data', 'check', 'corpus/clips.csv', '--labels', '{a: [}')).err).toContain(
      'not valid YAML',
    );
  });
});
