import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addConfigFlags, applyConfigFlags } from '../../src/cli/config-flags.js';
import { addRunFlags } from '../../src/cli/folders.js';
import { run } from './run.js';

/** The configuration that flags of a command that trains give. */
function given(...flags: readonly string[]) {
  const command = new Command('compare').exitOverride().configureOutput({ writeErr: () => {} });
  addRunFlags(command, 'runs/NAME');
  addConfigFlags(command);
  command.action(() => {}).parse(flags, { from: 'user' });
  return applyConfigFlags({}, command.opts()).tree;
}

describe('flags of commands that train', () => {
  it('--parallel and --threads are short for keys of the execution', () => {
    expect(given('--parallel', '2', '--threads', '3')).toEqual({ execution: { parallel: 2, threads: 3 } });
    expect(given('--execution.parallel', '2')).toEqual({ execution: { parallel: 2 } });
    expect(given()).toEqual({});
  });

  it('say where keys are that were elsewhere', () => {
    expect(() => given('--training.threads', '1')).toThrow(
      '--training.threads 1: this key is now --execution.threads.',
    );
    expect(() => given('--training.frozenCacheMiB', '1')).toThrow('--execution.frozenCacheMiB');
    expect(() => given('--training.checkpointSeconds', '1')).toThrow('--execution.checkpointSeconds');
  });

  it('are in the help, but for those', () => {
    const command = addConfigFlags(addRunFlags(new Command('train'), 'runs/NAME'));
    const help = command.helpInformation();
    expect(help).toContain('--parallel <n>');
    expect(help).toContain('--threads <n>');
    expect(help).not.toContain('--training.threads');
  });
});

const hasProc = existsSync('/proc/self');
if (!hasProc) console.info('There is no /proc: a cache that can never be made is not tried.');

describe('a cache that cannot be written', () => {
  it.runIf(hasProc)('is told with the flag that names another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'antitransfer-cache-'));
    const { code, err } = await run(folder, 'compare', '--dry-run', '--cache', '/proc/antitransfer');
    expect(code).toBe(2);
    expect(err).toMatch(
      /"\/proc\/antitransfer\/demo-30" cannot be written: ENOENT.*--cache.*ANTITRANSFER_CACHE/,
    );
    await writeFile(join(folder, 'file'), '');
    const inFile = await run(folder, 'compare', '--dry-run', '--cache', 'file/cache');
    expect(inFile).toMatchObject({ code: 2 });
    expect(inFile.err).toMatch(/cannot be written: ENOTDIR.*--cache.*ANTITRANSFER_CACHE/);
    await rm(folder, { recursive: true });
  });
});
