import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addConfigFlags, applyConfigFlags } from '../../src/cli/config-flags.js';
import { addRunFlags } from '../../src/cli/folders.js';

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
