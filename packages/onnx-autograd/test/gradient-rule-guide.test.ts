import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const root = new URL('../../../', import.meta.url);
const guide = readFileSync(new URL('docs/gradient-rule.md', root), 'utf8');
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

describe('the guide to gradient rules', () => {
  const cited = blocks('ts').map((code) => {
    const [first = '', ...lines] = code.split('\n');
    return { path: first.replace('// ', ''), code: lines.join('\n') };
  });

  it('cites the facts, shape, rule and rows of its operator', () => {
    expect(new Set(cited.map(({ path }) => path)).size).toBeGreaterThanOrEqual(6);
  });

  it.each(cited)('shows what stands in $path', ({ path, code }) => {
    expect(code.length).toBeGreaterThan(10);
    expect(readFileSync(new URL(`packages/onnx-autograd/${path}`, root), 'utf8')).toContain(code);
  });

  it('names files that exist', () => {
    const text = guide.replace(/^```.*?^```/gms, '');
    const paths = [...text.matchAll(/`((?:src|test)\/[\w/.-]+\.ts)`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) readFileSync(new URL(`packages/onnx-autograd/${path}`, root));
  });

  it('ends with a program that prints what it says', async () => {
    const [code = ''] = blocks('js');
    const [, promised] = /console\.log\(.*\/\/ (.*)$/m.exec(code) ?? [];
    const folder = await mkdtemp(join(tmpdir(), 'gradient-rule-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await symlink(new URL('node_modules', root), join(folder, 'node_modules'));
    await writeFile(join(folder, 'program.mjs'), code);
    const ended = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')]);
    expect(ended).toEqual({ stdout: `${promised}\n`, stderr: '' });
  });
});
