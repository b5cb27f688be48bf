import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/browser-size.mjs', import.meta.url));

it('a page loads less than 88 kB of this package, no module of Node, and what it does not use is left out', async () => {
  // The script fails above the limit, and on a module of Node.
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  const rows = [...stdout.matchAll(/^\| (.+) \| ([\d.]+) kB \| (?:([\d.]+) kB|–) \|$/gm)];
  const sizes = new Map(
    rows.map(([, what, page, worker]) => [what, [Number(page), Number(worker)] as const]),
  );
  const [page, worker] = sizes.get('the whole library') ?? [0, 0];
  expect(page).toBeGreaterThan(10);
  expect(worker).toBeGreaterThan(10);
  expect(sizes.get('readOnnx alone')?.[0]).toBeLessThan(page / 2);
  expect(sizes.get('random numbers alone')?.[0]).toBeLessThan(page / 10);

  // The README tells these numbers, to a few kilobytes.
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  for (const [what, [own, workers]] of sizes) {
    const [, told, toldWorker] =
      new RegExp(`\\| ${what} \\| ([\\d.]+) kB \\| (?:([\\d.]+) kB|–) \\|`).exec(readme) ?? [];
    expect(Math.abs(Number(told) - own), what ?? '').toBeLessThan(5);
    if (Number.isFinite(workers)) expect(Math.abs(Number(toldWorker) - workers), what ?? '').toBeLessThan(5);
  }
}, 120_000);
