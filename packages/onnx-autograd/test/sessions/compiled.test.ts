import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GraphError, readOnnx } from 'onnx-autograd';
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
    for (const file of files) expect(file).toMatch(/^[0-9a-f]{32}\.compiled$/);
    const written = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
    expect(await train({ ...cached(), thread: 'inline' })).toEqual(wanted);
    expect(await train({ ...cached(), thread: 'worker' })).toEqual(wanted);
    expect(await kept()).toEqual(files);
    const later = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).mtimeMs));
    expect(later).toEqual(written);
  });

  /** A file's bytes without its digest, and the bytes with the digest that belongs to a file of this name. */
  const contentOf = async (path: string) => (await readFile(path)).subarray(0, -32);
  const sealed = (path: string, content: Uint8Array) => {
    const digest = createHash('sha256').update(basename(path, '.compiled')).update(content).digest();
    return Buffer.concat([content, digest]);
  };

  it('are what runs the next time', async () => {
    await train(cached());
    // Two programs that are each other: what is fed does not fit, which shows that the files are read.
    const [a, b] = (await kept()).map((file) => join(folder, file)) as [string, string];
    const [first, second] = [await contentOf(a), await contentOf(b)];
    expect(readOnnx(first).graph.outputs.length).not.toBe(readOnnx(second).graph.outputs.length);
    await writeFile(a, sealed(a, second));
    await writeFile(b, sealed(b, first));
    await expect(train({ ...cached(), thread: 'inline' })).rejects.toThrow();
  });

  /** What becomes of two good files; each is damaged where ONNX Runtime would load it all the same, or would not. */
  const damages: Readonly<Record<string, (files: [Buffer, Buffer]) => [Uint8Array, Uint8Array]>> = {
    'other bytes': () => [Buffer.from('damaged'), Buffer.alloc(0)],
    'one bit': (files) => files.map(flipped) as [Buffer, Buffer],
    'one file under the name of another': ([a, b]) => [b, a],
    'the end is missing': (files) => files.map((file) => file.subarray(0, -40)) as [Buffer, Buffer],
  };
  it.each(Object.entries(damages))('are made anew when they are damaged: %s', async (_what, damage) => {
    const wanted = await train(smallTraining());
    await train(cached());
    const paths = (await kept()).map((file) => join(folder, file));
    const good = (await Promise.all(paths.map((path) => readFile(path)))) as [Buffer, Buffer];
    for (const [i, bytes] of damage(good).entries()) await writeFile(paths[i] as string, bytes);
    expect(await train(cached())).toEqual(wanted);
    expect((await kept()).map((file) => join(folder, file))).toEqual(paths);
    expect(await Promise.all(paths.map((path) => readFile(path)))).toEqual(good);
  });

  it('differ when the program differs', async () => {
    await train(cached());
    await train({ ...smallTraining({ frozen: ['conv1.*'] }), compiledCache: folder });
    // The evaluation is the same.
    expect(await kept()).toHaveLength(3);
  });

  it('are written beside drafts of others, of which those that nobody writes any more are removed', async () => {
    const [old, young] = [1, 2].map((digit) => {
      return join(folder, `a.compiled.${String(digit).repeat(8)}-0000-4000-8000-000000000000.draft`);
    }) as [string, string];
    for (const draft of [old, young]) await writeFile(draft, 'half');
    const hours = 3_600_000;
    await utimes(old, new Date(), new Date(Date.now() - 2 * hours));
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await train(cached());
    expect((await kept()).filter((name) => !/^[0-9a-f]{32}\.compiled$/.test(name))).toEqual([
      basename(young),
      'notes.txt',
    ]);
  });

  describe('cannot be kept, and the training goes on without, with one warning that says why', () => {
    const warned: (Error & { code?: string })[] = [];
    const listen = (warning: Error) => warned.push(warning);
    beforeEach(() => {
      warned.length = 0;
      process.on('warning', listen);
    });
    afterEach(() => {
      process.off('warning', listen);
    });
    /** The warning of a training in this thread, whose numbers are those without a folder. */
    const warning = async (compiledCache: string) => {
      const wanted = await train(smallTraining());
      expect(await train({ ...smallTraining(), compiledCache, thread: 'inline' })).toEqual(wanted);
      await new Promise((resolve) => setImmediate(resolve));
      expect(warned.map(({ code }) => code)).toEqual(['ONNX_AUTOGRAD_COMPILED_CACHE']);
      return warned[0]?.message;
    };

    it('where the folder cannot be made', async () => {
      const impossible = join(folder, 'x'.repeat(300));
      expect(await warning(impossible)).toContain('ENAMETOOLONG');
    });

    it('where a file cannot be renamed', async () => {
      await train(cached());
      const paths = (await kept()).map((file) => join(folder, file));
      for (const path of paths) {
        await rm(path);
        await mkdir(path);
      }
      const message = await warning(folder);
      expect(message).toContain('rename');
      expect(paths.some((path) => message?.includes(`"${path}"`))).toBe(true);
      // No draft is left.
      expect((await kept()).map((file) => join(folder, file))).toEqual(paths);
    });

    it.skipIf(process.platform === 'win32')(
      'where the disk is full, which leaves no part of a file',
      async () => {
        const script = fileURLToPath(new URL('on-a-full-disk.mjs', import.meta.url));
        const command = 'ulimit -f "$1"; exec "$2" "$3" "$4"';
        const under = async (limit: string) => {
          const parameters = ['-c', command, 'sh', limit, process.execPath, script, folder];
          return JSON.parse((await promisify(execFile)('sh', parameters)).stdout);
        };
        const { isRight, warnings } = await under('16');
        expect(isRight).toBe(true);
        expect(warnings).toHaveLength(1);
        expect(warnings[0].message).toContain(`cannot be kept as "${folder}`);
        expect(await kept()).toEqual([]);
        // When there is room again they are kept.
        expect(await under('unlimited')).toEqual({ isRight: true, warnings: [] });
        expect(await kept()).toHaveLength(1);
      },
    );
  });

  it('want a folder where no file lies', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const where of [file, join(file, 'inside')]) {
      const refused = train({ ...smallTraining(), compiledCache: where });
      await expect(refused).rejects.toThrow(`cannot be kept in "${where}": a file lies there.`);
      await expect(refused).rejects.toBeInstanceOf(GraphError);
    }
  });
});

/** One bit in the middle of a model: among the names and numbers of its nodes. */
function flipped(file: Buffer): Buffer {
  const changed = Buffer.from(file);
  const at = changed.length >> 1;
  changed[at] = (changed[at] as number) ^ 1;
  return changed;
}
