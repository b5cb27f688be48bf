import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { add, conv, relu } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import type { Value } from '../../src/graph/value.js';
import { layOutInBlocks } from '../../src/runtime/node/channel-blocks.js';
import { CompiledPrograms } from '../../src/runtime/node/compiled-programs.js';
import { float32 } from '../../src/tensor.js';

type Options = InferenceSession.SessionOptions;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compiled-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Two convolutions of whole blocks, whose filter is fed, and a constant that most of its bytes belong to. */
function model(): Graph {
  const graph = new Graph('convolutions');
  const [x, filter] = [graph.input('x', [1, 16, 12, 12]), graph.input('filter', [16, 16, 3, 3])];
  const layer = (maps: Value) =>
    relu(conv(maps, filter, undefined, { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }));
  graph.output(add(layer(layer(x)), graph.constant(float32(new Float32Array(144).fill(1), [12, 12]))));
  return graph;
}

const plain: Options = {
  graphOptimizationLevel: 'extended',
  logSeverityLevel: 3,
  executionProviders: ['cpu'],
};

async function keep(options: Options, block?: number): Promise<readonly string[]> {
  const bytes = writeOnnx(layOutInBlocks(model(), block));
  await (await new CompiledPrograms(folder).compile(bytes, options)).release();
  return readdir(folder);
}

describe('a kept program is found again', () => {
  const others: [string, Options, number | undefined][] = [
    ['less optimized', { ...plain, graphOptimizationLevel: 'basic' }, undefined],
    ['another number of threads', { ...plain, intraOpNumThreads: 1 }, undefined],
    ['another provider’s settings', { ...plain, executionProviders: [{ name: 'cpu' }] }, undefined],
    [
      'another setting of the session',
      { ...plain, extra: { session: { disable_prepacking: '1' } } },
      undefined,
    ],
    ['another layout', plain, 16],
    ['another size of the block', plain, 8],
  ];

  it.each(others)('not by one that is to be compiled otherwise: %s', async (_what, options, block) => {
    expect(await keep(plain)).toHaveLength(1);
    expect(await keep(options, block)).toHaveLength(2);
    expect(await keep(options, block)).toHaveLength(2);
  });

  it('by one that tells more of its work, and whatever the order of its settings', async () => {
    await keep(plain);
    const turned = Object.fromEntries(Object.entries(plain).toReversed());
    const told = { enableProfiling: true, profileFilePrefix: join(folder, 'trace') };
    const session = await new CompiledPrograms(folder).compile(writeOnnx(model()), {
      ...turned,
      ...told,
      logSeverityLevel: 4,
    });
    session.endProfiling();
    await session.release();
    expect((await readdir(folder)).filter((name) => name.endsWith('.compiled'))).toHaveLength(1);
  });

  it('not by another version of this package', async () => {
    const [own] = await keep(plain);
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const copy = join(folder, 'package');
    await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
    await symlink(join(root, '../../node_modules'), join(copy, 'node_modules'));
    const described = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    await writeFile(join(folder, 'model'), writeOnnx(model()));
    const keptBy = async (version: string) => {
      await writeFile(join(copy, 'package.json'), JSON.stringify({ ...described, version }));
      const kept = join(folder, version);
      const text = `
        import { readFileSync } from 'node:fs';
        import { CompiledPrograms } from './dist/runtime/node/compiled-programs.js';
        const model = readFileSync(${JSON.stringify(join(folder, 'model'))});
        await new CompiledPrograms(${JSON.stringify(kept)}).compile(model, ${JSON.stringify(plain)});
      `;
      await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], { cwd: copy });
      return readdir(kept);
    };
    expect(await keptBy(described.version)).toEqual([own]);
    const [another, ...rest] = await keptBy('99.0.0');
    expect(rest).toEqual([]);
    expect(another).not.toBe(own);
  });
});

describe('the numbers of a kept program', () => {
  const numbers = Float32Array.from({ length: 2304 }, (_, i) => Math.sin(i));
  const feeds = {
    x: new Tensor('float32', numbers, [1, 16, 12, 12]),
    filter: new Tensor('float32', numbers, [16, 16, 3, 3]),
  };
  const numbersOf = async (session: InferenceSession) => {
    const [y] = Object.values(await session.run(feeds));
    await session.release();
    return y?.data;
  };
  const run = async () => numbersOf(await new CompiledPrograms(folder).compile(writeOnnx(model()), plain));

  it('are those of one that is compiled, also when one bit of a constant is damaged', async () => {
    const wanted = await numbersOf(await InferenceSession.create(writeOnnx(model()), plain));
    expect(await run()).toEqual(wanted);
    expect(await run()).toEqual(wanted);
    const path = join(folder, (await readdir(folder))[0] as string);
    const good = await readFile(path);
    const bad = Buffer.from(good);
    // Of a number 1.0, the lowest bit of the exponent: 0.5, in a file that ONNX Runtime loads.
    const position = bad.indexOf(Buffer.from(new Float32Array(8).fill(1).buffer)) + 4 * 3 + 2;
    bad[position] = (bad[position] as number) ^ 0x80;
    const loaded = await InferenceSession.create(bad.subarray(0, -32), plain);
    expect(await numbersOf(loaded)).not.toEqual(wanted);
    await writeFile(path, bad);
    expect(await run()).toEqual(wanted);
    expect(await readFile(path)).toEqual(good);
  });
});

const hasProc = existsSync('/proc/self');
if (!hasProc) console.info('There is no /proc: a folder that can never be made is not tried.');

// Node's recursive way of making folders asks without end there.
it.runIf(hasProc)(
  'a folder that can never be made costs a warning',
  async () => {
    const warning = once(process, 'warning');
    const programs = new CompiledPrograms('/proc/onnx-autograd/compiled');
    await (await programs.compile(writeOnnx(model()), plain)).release();
    expect(String(await warning)).toMatch(/cannot be kept as "\/proc\/onnx-autograd.*ENOENT/);
  },
  20_000,
);
