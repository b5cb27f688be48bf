import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('what is made from the configuration schema', () => {
  it('is current', async () => {
    const script = fileURLToPath(new URL('../scripts/generate.mjs', import.meta.url));
    const check = promisify(execFile)(process.execPath, [script, '--check']);
    await expect(check).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
