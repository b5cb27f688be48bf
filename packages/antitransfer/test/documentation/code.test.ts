import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pages, parsePage, read, repository } from './markdown.js';

/** The test that compiles, and where it can runs, the code of a page. */
const checked: Readonly<Record<string, string>> = {
  'README.md': 'packages/antitransfer/test/package.test.ts',
  'docs/gradient-rule.md': 'packages/onnx-autograd/test/gradient-rule-guide.test.ts',
  'docs/inference.md': 'packages/antitransfer/test/inference/snippets.test.ts',
  'docs/tutorial.md': 'packages/antitransfer/test/documentation/code.test.ts',
  'packages/antitransfer/README.md': 'packages/antitransfer/test/package.test.ts',
  'packages/onnx-autograd/README.md': 'packages/antitransfer/test/package.test.ts',
  'packages/studio/README.md': 'packages/antitransfer/test/documentation/code.test.ts',
};

const codeOf = (page: string) =>
  parsePage(read(page)).blocks.filter(({ language }) => /^(ts|tsx|js|mjs)$/.test(language));

describe('code in the documentation', () => {
  it('has a test on every page that has some', () => {
    const found = pages.filter((page) => codeOf(page).length > 0);
    expect(found.filter((page) => checked[page] === undefined)).toEqual([]);
    for (const page of found)
      expect(readFileSync(join(repository, checked[page] ?? ''), 'utf8')).toContain(
        page.replace('docs/', ''),
      );
  });

  it.each(['docs/tutorial.md', 'packages/studio/README.md'])(
    'of %s compiles as pasted',
    async (page) => {
      const [code, ...more] = codeOf(page);
      expect(more).toEqual([]);
      const folder = await mkdtemp(join(tmpdir(), 'antitransfer-tutorial-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
      await writeFile(join(folder, 'main.ts'), code?.code ?? '');
      await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'es2023',
        module: 'esnext',
        moduleResolution: 'bundler',
        lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
        types: ['node'],
      };
      await writeFile(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, include: ['main.ts'] }),
      );
      const compiler = join(repository, 'node_modules/typescript/bin/tsc');
      const ended = await promisify(execFile)(process.execPath, [compiler, '-p', folder]);
      expect(ended).toEqual({ stdout: '', stderr: '' });
    },
    120_000,
  );
});
