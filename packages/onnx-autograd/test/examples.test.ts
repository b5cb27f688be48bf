import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { checkGraph } from '../src/onnx/check.js';
import { readOnnx } from '../src/onnx/read.js';

const examples = fileURLToPath(new URL('../../../examples/onnx-autograd/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'onnx-autograd-examples-'));
const trained = join(folder, 'trained.onnx');
afterAll(() => rmSync(folder, { recursive: true }));

/** What an example prints, as a user runs it. */
async function run(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(examples, name), ...args]);
  expect(stderr).toBe('');
  return stdout;
}
const numberAfter = (words: RegExp, text: string) =>
  Number(new RegExp(`${words.source} ([\\d.e-]+)`).exec(text)?.[1]);

// What each of them must print to have shown what it is there for.
const checks: Record<string, () => Promise<void>> = {
  async 'train.mjs'() {
    const text = await run('train.mjs', trained);
    // Ten digits: chance is right in a tenth.
    expect(numberAfter(/accuracy/, text)).toBeGreaterThan(0.6);
    expect(numberAfter(/step 200, loss/, text)).toBeLessThan(numberAfter(/step 50, loss/, text));
    const { graph } = readOnnx(readFileSync(trained));
    checkGraph(graph);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['scores', 'probabilities']);
  },
  async 'new-head.mjs'() {
    const text = await run('new-head.mjs', trained);
    expect(numberAfter(/accuracy/, text)).toBeGreaterThan(0.7);
    expect(text).toContain('trained were head.weight and head.bias\n');
  },
  async 'less-memory.mjs'() {
    const [kept = '', again = ''] = (await run('less-memory.mjs')).trim().split('\n');
    expect(numberAfter(/again:/, again)).toBeLessThan(0.95 * numberAfter(/kept +:/, kept));
    const loss = (line: string) => numberAfter(/loss/, line);
    expect(Math.abs(loss(again) / loss(kept) - 1)).toBeLessThan(1e-4);
  },
  async 'resume.mjs'() {
    const text = await run('resume.mjs');
    expect(text).toContain('continues after step 25\n');
    const [, whole, resumed] = /: (\S+) without a break, (\S+) with one/.exec(text) ?? [];
    expect(Number(whole)).toBeGreaterThan(0);
    expect(resumed).toBe(whole);
  },
  async 'read-numbers.mjs'() {
    const text = await run('read-numbers.mjs');
    // A number of two digits, or one: chance is right in less than a hundredth of them.
    expect(numberAfter(/read without an error:/, text)).toBeGreaterThan(0.6);
  },
  async 'profile.mjs'() {
    const text = await run('profile.mjs');
    for (const layer of ['features.0/Conv', 'features.4/Conv', 'classifier/Gemm'])
      expect(text).toContain(layer);
    expect(numberAfter(/all/, text)).toBeGreaterThan(0);
  },
};

describe('the examples run', () => {
  it.each(Object.entries(checks))('%s', (_, check) => check(), 180_000);

  it('and none is left out, here or in their list', () => {
    const scripts = readdirSync(examples).filter((name) => name.endsWith('.mjs') && name !== 'digits.mjs');
    expect(Object.keys(checks).sort()).toEqual(scripts.sort());
    const list = readFileSync(join(examples, '../README.md'), 'utf8');
    for (const name of scripts) {
      expect(list).toContain(`[${name}](onnx-autograd/${name})`);
      expect(readFileSync(join(examples, name), 'utf8').split('\n').length).toBeLessThanOrEqual(60);
    }
  });
});
