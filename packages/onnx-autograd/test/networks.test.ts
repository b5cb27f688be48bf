import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('fixtures/networks/', import.meta.url));
const script = fileURLToPath(new URL('../scripts/model-zoo.mjs', import.meta.url));

/** Exported by `scripts/model-zoo.py` with PyTorch 1.13, opsets 11 to 17. */
it('networks that PyTorch exported have the loss and the gradients of its autograd', async () => {
  // The same script that checks the large networks; it fails when one of them does.
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--folder', folder]);
  const lines = stdout.trim().split('\n');
  const exported = readdirSync(folder).filter((file) => file.endsWith('.onnx'));
  expect(lines.length).toBeGreaterThanOrEqual(exported.length);
  for (const line of lines) expect(line).toMatch(/^ok /);
});
