import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { softmax } from '../../src/building/expressions.js';
import { exportOnnx } from '../../src/onnx/export.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { rowModels } from '../gradients/row-graph.js';

const script = fileURLToPath(new URL('standard-checker.py', import.meta.url));
const fixtures = new URL('../fixtures/networks/', import.meta.url);

/** A Python that has the package `onnx`, if there is one. */
function pythonWithOnnx(): string | undefined {
  const candidates = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter((name) => name !== undefined);
  return candidates.find((python) => {
    try {
      execFileSync(python, ['-c', 'import onnx'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

const python = pythonWithOnnx();
if (python === undefined) {
  console.warn(
    'SKIPPED: the checker of the ONNX standard. It needs Python with onnx, which PYTHON may name.',
  );
}

it.skipIf(python === undefined)('what is written passes the checker of the ONNX standard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'standard-checker-'));
  try {
    let count = 0;
    for (const { graph } of rowModels()) writeFileSync(join(folder, `row-${++count}.onnx`), writeOnnx(graph));
    for (const name of readdirSync(fixtures).filter((file) => file.endsWith('.onnx'))) {
      const model = readOnnx(readFileSync(new URL(name, fixtures)));
      const heads = { probabilities: (scores: (typeof model.graph.outputs)[0]) => softmax(scores!, -1) };
      writeFileSync(join(folder, name), exportOnnx(model, { heads, metadata: { labels: 'yes no' } }));
      count++;
    }
    const said = execFileSync(python as string, [script, folder])
      .toString()
      .trim()
      .split('\n');
    expect(said.slice(0, -1)).toEqual([]);
    expect(said.at(-1)).toMatch(`${count} files checked`);
    expect(count).toBeGreaterThan(300);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
