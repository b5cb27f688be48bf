import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const code = `
import { Graph, ProgramBuilder, TrainingSession, adam, crossEntropy, expressions, float32, int64 } from 'onnx-autograd';
const network = new Graph();
const x = network.input('x', ['batch', 2]);
const scores = network.output(expressions.matMul(x, network.initializer(float32([1, 0, 0, 1], [2, 2]), 'w')));
const builder = new ProgramBuilder();
const fed = builder.graph.input('x', ['batch', 2]);
const labels = builder.graph.input('labels', ['batch'], 'int64');
const copy = builder.include(network, { inputs: { x: fed } });
const train = builder.trainingProgram(crossEntropy(copy.value(scores), labels));
const weights = Object.fromEntries(builder.weights);
const session = await TrainingSession.create({ programs: { train }, weights, optimizer: adam() });
const { loss } = await session.step('train', { x: float32([1, 1], [1, 2]), labels: int64([0]) });
console.log(loss.toFixed(4));
await session.close();
`;

const folder = fileURLToPath(new URL('../..', import.meta.url));

describe('a session with a thread of its own', () => {
  /** Below the package, so that what runs there finds it by its name; profiles are written there too. */
  let place: string;
  let script: string;
  /** Tells on which threads it was loaded. */
  let preloaded: string;

  beforeAll(async () => {
    place = await mkdtemp(join(folder, 'training-flags-'));
    [script, preloaded] = [join(place, 'train.mjs'), join(place, 'preloaded.cjs')];
    await writeFile(script, code);
    await writeFile(
      preloaded,
      "console.log(require('node:worker_threads').isMainThread ? 'on the main thread' : 'on another thread');",
    );
  });

  /** What a process with these flags prints that trains as the code says. */
  async function printed(...flags: string[]): Promise<{ stdout: string; stderr: string }> {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { cwd: place });
    return { stdout, stderr };
  }

  afterAll(() => rm(place, { recursive: true, force: true }));

  it.each([
    '--max-old-space-size=512',
    '--expose-gc',
    '--stack-size=2000',
    '--title=training',
    '--perf-basic-prof',
    '--enable-source-maps',
    '--conditions=development',
  ])('works in a process with the flag %s', async (flag) => {
    expect(await printed(flag, script)).toEqual({ stdout: '0.6931\n', stderr: '' });
  });

  it('and with several', async () => {
    const { stdout } = await printed('--max-old-space-size=512', '--expose-gc', '--no-warnings', script);
    expect(stdout).toBe('0.6931\n');
  });

  it.each([
    ['--input-type=module'],
    ['--input-type', 'module'],
    ['--max-old-space-size=512', '--expose-gc', '--input-type=module'],
  ])('works in a process that was given its code as text: %s', async (...flags) => {
    expect(await printed(...flags, '--eval', code)).toEqual({ stdout: '0.6931\n', stderr: '' });
  });

  it('loads what the process loads first, whether that runs a file or a text', async () => {
    const both = ['on the main thread', 'on another thread', '0.6931'];
    for (const flags of [
      ['--require', preloaded, script],
      [`--import=${pathToFileURL(preloaded)}`, script],
      ['--import', String(pathToFileURL(preloaded)), '--input-type=module', '--eval', code],
      [`--require=${preloaded}`, '--title=text', '--input-type=module', '--eval', code],
    ]) {
      const { stdout } = await printed(...flags);
      expect(stdout.trim().split('\n').sort()).toEqual([...both].sort());
    }
  });
});
