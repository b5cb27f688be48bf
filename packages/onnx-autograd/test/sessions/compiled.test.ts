import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnnx } from 'onnx-autograd';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallTraining, train } from './training-network.js';

describe('compiled programs in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compiled-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const kept = async () => (await readdir(folder)).toSorted();
  const cached = () => ({ ...smallTraining(), compiledCache: folder });

  it('give the same numbers, bit for bit, in this thread and in another', async () => {
    const wanted = await train(smallTraining());
    expect(await train({ ...cached(), thread: 'inline' })).toEqual(wanted);
    const files = await kept();
    // The two programs, and no draft of either.
    expect(files).toHaveLength(2);
    for (const file of files) expect(file).toMatch(/^[0-9a-f]{32}\.onnx$/);
    const written = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
    expect(await train({ ...cached(), thread: 'inline' })).toEqual(wanted);
    expect(await train({ ...cached(), thread: 'worker' })).toEqual(wanted);
    expect(await kept()).toEqual(files);
    const later = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
    expect(later).toEqual(written);
  });

  it('are what runs the next time', async () => {
    await train(cached());
    // Two programs that are each other: what is fed does not fit, which shows that the files are read.
    const [a, b] = (await kept()).map((file) => join(folder, file)) as [string, string];
    const [first, second] = [await readFile(a), await readFile(b)];
    expect(readOnnx(first).graph.outputs.length).not.toBe(readOnnx(second).graph.outputs.length);
    await writeFile(a, second);
    await writeFile(b, first);
    await expect(train({ ...cached(), thread: 'inline' })).rejects.toThrow();
  });

  it('are made anew when they are damaged', async () => {
    const wanted = await train(smallTraining());
    await train(cached());
    const files = await kept();
    for (const file of files) await writeFile(join(folder, file), 'damaged');
    expect(await train(cached())).toEqual(wanted);
    expect(await kept()).toEqual(files);
    for (const file of files) expect((await stat(join(folder, file))).size).toBeGreaterThan(100);
  });

  it('differ when the program differs', async () => {
    await train(cached());
    await train({ ...smallTraining({ frozen: ['conv1.*'] }), compiledCache: folder });
    // The evaluation is the same.
    expect(await kept()).toHaveLength(3);
  });

  it('need a folder that can be written to', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const refused = train({ ...smallTraining(), compiledCache: join(file, 'inside') });
    await expect(refused).rejects.toThrow(/cannot be kept in ".*file\/inside"/);
  });
});
