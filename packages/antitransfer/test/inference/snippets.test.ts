import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/data/audio/wav.js';
import { DeployedModel } from '../../src/inference/deployed-model.js';
import { cardJson } from '../../src/learning/networks/model-card.js';
import { modelWith } from './models.js';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));

/** Where the snippets say that the model and a recording are. */
let folder: string;
/** What the model says of the recording. */
let expected: { readonly label: string; readonly probability: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-snippets-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  const path = join(folder, 'digits.onnx');
  await writeFile(
    path,
    modelWith(['six', 'seven', 'eight'], (weight) => 6 * weight),
  );
  const samples = Float32Array.from({ length: 2500 }, (_, i) => 0.5 * Math.sin((0.1 + i / 9000) * i));
  await writeFile(join(folder, 'seven.wav'), encodeWav(samples, 8000));
  const model = await DeployedModel.open(path);
  await writeFile(join(folder, 'digits.json'), cardJson(model.card));
  const segment = new Float32Array(3200);
  segment.set(samples.map((sample) => Math.round(32768 * sample) / 32768));
  const [probabilities = new Float32Array()] = await model.probabilities(segment);
  await model.close();
  const probability = Math.max(...probabilities);
  expected = { label: model.card.classes[probabilities.indexOf(probability)] ?? '', probability };
});
afterAll(() => rm(folder, { recursive: true }));

async function snippets(language: string): Promise<string[]> {
  const text = await readFile(join(repository, 'docs/inference.md'), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

function run(program: string, ...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out: out + err }),
    );
  });
}

describe('the snippets of docs/inference.md in TypeScript', () => {
  it('compile as pasted, and those of Node say what the model says', async () => {
    const code = await snippets('ts');
    expect(code).toHaveLength(3);
    for (const [i, text] of code.entries()) await writeFile(join(folder, `snippet${i}.ts`), text);
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      target: 'es2023',
      module: 'nodenext',
      lib: ['es2023', 'dom', 'dom.iterable'],
      outDir: 'out',
      types: ['node'],
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['snippet*.ts'] }),
    );
    const compiled = await run(
      process.execPath,
      join(repository, 'node_modules/typescript/bin/tsc'),
      '-p',
      '.',
    );
    expect(compiled).toEqual({ code: 0, out: '' });
    const { label, probability } = expected;
    expect(await run(process.execPath, 'out/snippet0.js')).toEqual({
      code: 0,
      out: `seven ${label} ${probability.toFixed(3)} 1 windows\n`,
    });
    expect(await run(process.execPath, 'out/snippet1.js')).toEqual({
      code: 0,
      out: `${label} ${probability.toFixed(3)}\n`,
    });
  }, 120_000);
});

/** A Python with what the snippet needs; `PYTHON` names another than the first one. */
const python = process.env.PYTHON ?? 'python3';
const lacking = whyNot(python);
if (lacking !== undefined) {
  console.info(`SKIPPED: the snippet in Python is not run, because "${python}" cannot: ${lacking}`);
}

function whyNot(program: string): string | undefined {
  try {
    execFileSync(program, ['-c', 'import numpy, onnxruntime'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error);
  }
}

describe.skipIf(lacking !== undefined)('the snippet of docs/inference.md in Python', () => {
  it('says what the model says', async () => {
    const [code = ''] = await snippets('python');
    await writeFile(join(folder, 'snippet.py'), code);
    const { label, probability } = expected;
    expect(await run(python, 'snippet.py')).toEqual({ code: 0, out: `${label} ${probability.toFixed(3)}\n` });
  }, 60_000);
});
