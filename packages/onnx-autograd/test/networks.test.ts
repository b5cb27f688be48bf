import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('fixtures/networks/', import.meta.url));
const script = fileURLToPath(new URL('../scripts/model-zoo.mjs', import.meta.url));

/** Exported by `scripts/model-zoo.py` with PyTorch 1.13, opsets 11 to 17. */
it.each([
  ['kept', []],
  ['computed again', ['--recompute']],
])('networks that PyTorch exported have its loss and gradients, activations %s', async (_, flags) => {
  // The same script that checks the large networks; it fails when one of them does.
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--folder', folder, ...flags]);
  const lines = stdout.trim().split('\n');
  const exported = readdirSync(folder).filter((file) => file.endsWith('.onnx'));
  expect(lines.length).toBeGreaterThanOrEqual(exported.length);
  for (const line of lines) expect(line).toMatch(/^ok /);
});

it('the documentation has a row, or three in training too, for each of the large networks, and all of them passed', () => {
  const root = new URL('../../../', import.meta.url);
  const exporter = readFileSync(new URL('../scripts/model-zoo.py', import.meta.url), 'utf8');
  const [, listed = ''] = /^NETWORKS = \{\n(.*?)^\}/ms.exec(exporter) ?? [];
  const names = [...listed.matchAll(/^ {4}"(\w+)": /gm)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(20);
  const page = readFileSync(new URL('docs/networks.md', root), 'utf8');
  const line = /^\| (\w+) \| \d+ \| [\d.]+ \| (\w+)[\w, ]* \| (\S+)(?: \(rounding decides\))? \| (\S+) \|$/gm;
  const rows = [...page.matchAll(line)].map(([, name, mode, error, theirs]) => ({
    name: name as string,
    mode,
    error: Number(error),
    theirs: Number(theirs),
  }));
  expect([...new Set(rows.map(({ name }) => name))].sort()).toEqual([...names].sort());
  for (const name of names) {
    const modes = rows.filter((row) => row.name === name).map(({ mode }) => mode);
    expect([['evaluation'], ['evaluation', 'training', 'training']]).toContainEqual(modes);
  }
  for (const { name, error, theirs } of rows) {
    // Where PyTorch is far from its own double precision, so may we be from it.
    expect(error, name).toBeLessThan(Math.max(1e-3, 3 * theirs));
    expect(theirs, name).toBeGreaterThan(0);
  }
});
