import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random, readOnnx } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeResults } from '../src/answers/results-file.js';
import { comparisonFixture } from './answers/page/fixture.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever the end is. */
function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  // npm hands its configuration to what it runs; here a stranger's is wanted, without notices on stderr.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|vitest|node_options|onnxruntime_)/i.test(name),
  );
  const env = { ...Object.fromEntries(inherited), NODE_ENV: 'production' };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr }),
    );
  });
}

/** The code blocks of a language in a Markdown file. */
async function codeBlocks(path: string, language: string): Promise<string[]> {
  const text = await readFile(join(repository, path), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

/** What can be imported of a package: every entry but files such as its schema. */
async function entriesOf(name: string): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(join(repository, `packages/${name}/package.json`), 'utf8'));
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
  expect(entries).toContain('.');
  return entries.map((entry) => name + entry.slice(1));
}

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED/;

/** Packs both packages and installs them in an empty folder; tells why when the registry cannot be reached. */
async function install(folder: string): Promise<string | undefined> {
  const packed = await run(
    'npm',
    [
      'pack',
      '--json',
      '--ignore-scripts',
      '-w',
      'onnx-autograd',
      '-w',
      'antitransfer',
      '--pack-destination',
      folder,
    ],
    repository,
  );
  expect(packed.code, packed.stderr).toBe(0);
  const tarballs = (JSON.parse(packed.stdout) as { filename: string }[]).map(
    ({ filename }) => `./${filename}`,
  );
  expect(tarballs).toHaveLength(2);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier', '--ignore-scripts'];
  const installed = await run('npm', ['install', ...options, ...tarballs], folder);
  if (installed.code !== 0 && unreachable.test(installed.stderr)) return installed.stderr;
  expect(installed.code, installed.stderr).toBe(0);
  return undefined;
}

describe('the packages, packed and installed in an empty folder', () => {
  let folder: string;
  let offline: string | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'antitransfer-package-'));
    offline = await install(folder);
    if (offline !== undefined)
      console.warn(
        `SKIPPED: the packed packages could not be installed and were NOT TESTED, because the registry cannot be reached:\n${offline}`,
      );
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const bin = (...args: string[]) =>
    run(process.execPath, [join(folder, 'node_modules/antitransfer/bin/antitransfer.js'), ...args], folder);

  it('hold what a user needs and nothing else', async ({ skip }) => {
    if (offline) skip();
    for (const path of [
      'onnx-autograd/dist/index.d.ts',
      'onnx-autograd/dist/index.d.ts.map',
      'onnx-autograd/dist/index.js.map',
      'onnx-autograd/src/index.ts',
      'onnx-autograd/dist/sessions/node/worker.js',
      'onnx-autograd/dist/browser.js',
      'onnx-autograd/dist/sessions/browser/worker.js',
      'onnx-autograd/LICENSE',
      'onnx-autograd/README.md',
      'antitransfer/dist/index.d.ts',
      'antitransfer/dist/browser/index.js',
      'antitransfer/dist/runs/runners/worker-main.js',
      'antitransfer/src/index.ts',
      'antitransfer/schema/config.schema.json',
      'antitransfer/configs/demo.yaml',
      'antitransfer/LICENSE',
      'antitransfer/README.md',
    ]) {
      await expect(readFile(join(folder, 'node_modules', path)), path).resolves.toBeDefined();
    }
    for (const path of ['onnx-autograd/test', 'antitransfer/test', 'antitransfer/tsconfig.tsbuildinfo']) {
      await expect(readFile(join(folder, 'node_modules', path)), path).rejects.toThrow('ENOENT');
    }
  });

  for (const [name, member] of [
    ['onnx-autograd', 'TrainingSession'],
    ['antitransfer', 'compare'],
    ['antitransfer/answers', 'readResults'],
    ['antitransfer/report', 'renderReport'],
    ['antitransfer/runs', 'Store'],
    ['antitransfer/browser', 'openModel'],
  ]) {
    it(`${name} is imported as an ES module`, async ({ skip }) => {
      if (offline) skip();
      const code = `const found = await import('${name}'); console.log(typeof found.${member});`;
      const ended = await run(process.execPath, ['--input-type=module', '--eval', code], folder);
      expect(ended).toEqual({ code: 0, stdout: 'function\n', stderr: '' });
    });
  }

  it('have public types, and their READMEs hold code that is right and runs', async ({ skip }) => {
    if (offline) skip();
    const examples = await Promise.all(
      ['packages/onnx-autograd/README.md', 'packages/antitransfer/README.md', 'README.md'].map((path) =>
        codeBlocks(path, 'ts'),
      ),
    );
    expect(examples.map((blocks) => blocks.length)).toEqual([1, 2, 1]);
    expect(examples[0]?.[0]?.match(/^.+$/gm)).toHaveLength(15);
    await mkdir(join(folder, 'consumer'));
    await copyFile(join(repository, 'examples/onnx-autograd/digits.onnx'), join(folder, 'network.onnx'));
    for (const [i, code] of examples.flat().entries())
      await writeFile(join(folder, `consumer/example${i}.ts`), code);
    // The types of every entry, in a strict project that checks libraries too and has no types but Node's.
    const entries = await Promise.all(['onnx-autograd', 'antitransfer'].map(entriesOf));
    await writeFile(
      join(folder, 'consumer/entries.ts'),
      entries
        .flat()
        .map((entry, i) => `import type * as entry${i} from '${entry}';\n`)
        .join(''),
    );
    const compilerOptions = {
      strict: true,
      target: 'es2023',
      module: 'nodenext',
      rootDir: 'consumer',
      outDir: 'out',
      typeRoots: [join(repository, 'node_modules/@types')],
      types: ['node'],
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['consumer'] }),
    );
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    expect(await run(process.execPath, [compiler, '-p', '.'], folder)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    await mkdir(join(folder, 'runs/demo'), { recursive: true });
    await writeResults(
      join(folder, 'runs/demo'),
      comparisonFixture(new Random(5), { epochs: 2, clips: 100 }),
    );
    const [training, library, reading, spoken] = await Promise.all(
      [0, 1, 2, 3].map((i) => run(process.execPath, [`out/example${i}.js`], folder)),
    );
    expect(training).toMatchObject({ code: 0, stderr: '' });
    const losses = [...(training?.stdout ?? '').matchAll(/^loss (\S+)$/gm)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(100);
    expect(losses.at(-1)).toBeLessThan(0.1);
    const trained = await readFile(join(folder, 'trained.onnx'));
    expect(readOnnx(trained).graph.outputs.map(({ name }) => name)).toEqual(['scores']);
    expect(library).toMatchObject({ code: 0, stderr: '' });
    expect(library?.stdout).toMatch(/^validation accuracy [\d.]+\n$/);
    expect(reading).toMatchObject({ code: 0, stderr: '' });
    expect(reading?.stdout).toMatch(/^“correlation, auxiliary clips” helped: it gained 1\d\.\d points/);
    expect(spoken).toMatchObject({ code: 0, stderr: '' });
    const accuracies = /^speaker: validation accuracy (\S+)\ndigit: validation accuracy (\S+)\n$/.exec(
      spoken?.stdout ?? '',
    );
    expect(Number(accuracies?.[1])).toBeGreaterThan(0.4); // one voice of four by chance
    expect(Number(accuracies?.[2])).toBeGreaterThan(0.15); // one digit of ten by chance
  }, 300_000);

  it('the command line helps at once', async ({ skip }) => {
    if (offline) skip();
    await bin('--help');
    const started = performance.now();
    const ended = await bin('--help');
    const seconds = (performance.now() - started) / 1000;
    console.log(`antitransfer --help: ${seconds.toFixed(2)} s`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('Usage: antitransfer');
    expect(seconds).toBeLessThan(1.5);
  });

  it('the command line lists the taps of a network', async ({ skip }) => {
    if (offline) skip();
    const ended = await bin('taps', 'vgg16');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('conv5_3');
  }, 180_000);

  it('the command line refuses a wrong configuration in one message', async ({ skip }) => {
    if (offline) skip();
    await writeFile(join(folder, 'wrong.yaml'), 'target: digit\nsedes: 3\n');
    const ended = await bin('compare', 'wrong.yaml');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/sedes: there is no such key\. Did you mean seeds\?/);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});
