import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfigFile, resolveConfig, splitSettings } from 'antitransfer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/registry.js';
import { expectRefused } from './refused.js';
import { run } from './run.js';

let folder: string;
const antitransfer = (...args: string[]) => run(folder, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-cli-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('help', () => {
  it('comes in under 0.3 s', async () => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { code, out, milliseconds } = await antitransfer('--help');
      expect(code).toBe(0);
      for (const { name } of commands) expect(out).toContain(name);
      times.push(milliseconds);
    }
    const fastest = Math.min(...times);
    console.info(`antitransfer --help: ${fastest.toFixed(0)} ms (the fastest of ${times.length})`);
    expect(fastest).toBeLessThan(300);
  });

  it.each(commands.map(({ name }) => name))('of %s has examples that name it', async (name) => {
    const { code, out } = await antitransfer(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain(`$ antitransfer ${name}`);
  });

  it.each(['compare', 'sweep', 'train'])('of %s is broken within 80 characters', async (name) => {
    const { out } = await antitransfer(name, '--help');
    // Examples are to be pasted, and stay whole.
    const [text = ''] = out.split('\nExamples:');
    expect(text).toContain('--orthogonal.network.initialisation <value>\n');
    expect(text.split('\n').filter(({ length }) => length > 80)).toEqual([]);
  });

  it('of compare tells the size of the demo, and for which kinds of split each key is', async () => {
    const demo = await readConfigFile(fileURLToPath(new URL('../../configs/demo.yaml', import.meta.url)));
    const { methods, seeds } = resolveConfig(demo, 'the demo').experiment;
    const { out } = await antitransfer('compare', '--help');
    expect(out).toContain(`the demo: ${methods.length} methods with ${seeds} seeds each`);
    const text = out.replaceAll(/\s+/g, ' ');
    const kinds = splitSettings.def.options.map(({ shape }) => shape.kind.value);
    expect(text).toMatch(new RegExp(`--split\\.kind <value> [^-]+ \\(${kinds.join(', ')}\\)`));
    expect(text).toMatch(/--split\.folds <value> k-fold: Number of folds/);
    expect(text).toMatch(/--split\.validation <value> k-fold: .* \| confounded, confounded-noise: /);
  });

  it('is in the documentation for every command', async () => {
    const text = await readFile(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
    for (const { name } of commands) expect(text).toContain(`\n## ${name}\n`);
  });

  it('suggests the nearest command and option', async () => {
    expectRefused(await antitransfer('predit'), "unknown command 'predit'", 'Did you mean predict?');
    expectRefused(
      await antitransfer('train', 'small.yaml', '--training.epoch', '3'),
      "unknown option '--training.epoch'",
      'Did you mean --training.epochs?',
    );
  });

  it('has the version of the package', async () => {
    const { version } = JSON.parse(
      await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as {
      version: string;
    };
    expect(await antitransfer('--version')).toMatchObject({ code: 0, out: `${version}\n` });
  });
});
