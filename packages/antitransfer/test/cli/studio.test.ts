import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineAbsent, isNotInstalled } from '../../src/cli/commands/studio.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-studio-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What Node says in the folder when the studio is imported there. */
async function importError(): Promise<NodeJS.ErrnoException> {
  const code =
    "import('antitransfer-studio').catch(({ code, message }) => console.log(JSON.stringify({ code, message })))";
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder,
  });
  return JSON.parse(stdout) as NodeJS.ErrnoException;
}

describe('studio without its package', () => {
  it('is known by what Node says of it', async () => {
    const error = await importError();
    expect(error.message).toContain('antitransfer-studio');
    expect(isNotInstalled(error)).toBe(true);
  });

  it('is not taken for one whose own packages are missing', async () => {
    const installed = join(folder, 'node_modules/antitransfer-studio');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
    await writeFile(join(installed, 'index.js'), "import 'a-package-that-it-needs';\n");
    const error = await importError();
    expect(error).toMatchObject({
      code: 'ERR_MODULE_NOT_FOUND',
      message: expect.stringMatching(/a-package-that-it-needs.*antitransfer-studio/),
    });
    expect(isNotInstalled(error)).toBe(false);
  });

  it.each([[[]], [['runs']], [['--port', '8080']], [['runs', '--export', 'demo.html']]])(
    'says how it is installed, asked with %j',
    async (args) => {
      const command = new Command('studio').exitOverride().configureOutput({ writeErr: () => undefined });
      defineAbsent(command);
      await expect(command.parseAsync(args, { from: 'user' })).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringContaining('npm install antitransfer-studio'),
      });
    },
  );
});
