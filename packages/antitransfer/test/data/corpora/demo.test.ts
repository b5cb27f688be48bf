import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFiles } from '../../../src/data/corpora/check.js';
import { writeDemoCorpus } from '../../../src/data/corpora/demo/corpus.js';
import { Flite } from '../../../src/data/corpora/demo/flite.js';
import { contingencyTable } from '../../../src/data/corpora/describe.js';
import { loadCorpus } from '../../../src/data/corpora/registry.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'antitransfer-demo-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('Flite', () => {
  it('speaks the same twice, and longer when told to', async () => {
    const flite = await Flite.load();
    const natural = await flite.speak('seven', 'slt');
    expect(natural.sampleRate).toBe(16000);
    expect((await flite.speak('seven', 'slt')).samples).toEqual(natural.samples);
    const slow = await flite.speak('seven', 'slt', { durationStretch: 1.3, pitchShift: 1 });
    expect(slow.samples.length / natural.samples.length).toBeCloseTo(1.3, 1);
    expect((await flite.speak('seven', 'kal')).sampleRate).toBe(8000);
  });
});

describe('writeDemoCorpus', () => {
  it('writes every digit by every voice, all different, all sound', async () => {
    const folder = join(root, 'all');
    const progress: number[] = [];
    await writeDemoCorpus(folder, {
      takes: 2,
      seed: 1,
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    const corpus = await loadCorpus('demo', folder);
    const table = contingencyTable(corpus.clips, 'digit', 'speaker');
    expect(table.columnLabels).toEqual(['awb', 'kal', 'rms', 'slt']);
    expect(table.counts).toEqual(Array(10).fill([2, 2, 2, 2]));
    expect(progress).toHaveLength(80);
    expect(progress.at(-1)).toBe(1);

    const { problems, sampleRates, durations } = await checkFiles(corpus.clips);
    expect(problems).toEqual([]);
    expect([...sampleRates]).toEqual([[8000, 80]]);
    expect(Math.min(...durations.values())).toBeGreaterThan(0.15);
    expect(Math.max(...durations.values())).toBeLessThan(1.2);
    const contents = await Promise.all(corpus.clips.map(({ path }) => readFile(path, 'base64')));
    expect(new Set(contents).size).toBe(80);

    // The same again: nothing is written.
    const before = await stat(corpus.clips[0]!.path);
    await writeDemoCorpus(folder, { takes: 2, seed: 1 });
    expect((await stat(corpus.clips[0]!.path)).mtimeMs).toBe(before.mtimeMs);

    // Fewer takes: the folder is replaced, and take 0 is as it was.
    await writeDemoCorpus(folder, { takes: 1, seed: 1 });
    const fewer = await loadCorpus('demo', folder);
    expect(fewer.clips.length).toBe(40);
    expect(await readFile(fewer.clips[0]!.path, 'base64')).toBe(contents[0]);

    // A missing file: it is written again.
    await rm(fewer.clips[7]!.path);
    await writeDemoCorpus(folder, { takes: 1, seed: 1 });
    expect((await loadCorpus('demo', folder)).clips.length).toBe(40);

    // Another seed: another corpus.
    await writeDemoCorpus(folder, { takes: 1, seed: 2 });
    expect(await readFile(fewer.clips[0]!.path, 'base64')).not.toBe(contents[0]);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const stop = new AbortController();
    const parent = join(root, 'stopped');
    const writing = writeDemoCorpus(join(parent, 'demo'), {
      onProgress: ({ done }) => done === 3 && stop.abort(),
      signal: stop.signal,
    });
    await expect(writing).rejects.toThrow(/abort/i);
    expect(await readdir(parent)).toEqual([]);
  });

  it('does not touch a folder that holds other things', async () => {
    const folder = join(root, 'precious');
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    await expect(writeDemoCorpus(folder)).rejects.toThrow(/"thesis.txt".*new or empty folder/);
    expect(await readdir(folder)).toEqual(['thesis.txt']);
    await expect(writeDemoCorpus(join(folder, 'thesis.txt'))).rejects.toThrow(/cannot be written/);
  });

  it('refuses takes and seeds that are none', async () => {
    await expect(writeDemoCorpus(join(root, 'none'), { takes: 1.5 })).rejects.toThrow(/"takes".*got 1.5/);
    await expect(writeDemoCorpus(join(root, 'none'), { seed: -1 })).rejects.toThrow(/"seed".*got -1/);
  });
});
