import { execFile } from 'node:child_process';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Folder, newFolder, packInto } from './devices/projects/packed.js';
import { type Outcome, writeProject } from './devices/projects/project.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED/;

/** Runs a program to its end, whatever the end is, as a stranger would: without what npm and the tests have set. */
function run(program: string, parameters: readonly string[], cwd: string) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|vitest|node_options|onnxruntime_)/i.test(name),
  );
  const options = { cwd, env: Object.fromEntries(inherited), shell: process.platform === 'win32' };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(program, parameters, options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, stdout, stderr }),
    );
  });
}

describe('the package, packed and installed alone', () => {
  let folder: Folder;
  let offline: string | undefined;

  beforeAll(async () => {
    folder = await newFolder();
    const tarball = await packInto(folder.path);
    await writeFile(join(folder.path, 'package.json'), '{ "private": true, "type": "module" }\n');
    const options = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];
    const installed = await run('npm', ['install', ...options, tarball], folder.path);
    if (installed.code !== 0 && unreachable.test(installed.stderr)) {
      offline = installed.stderr;
      console.warn(
        `SKIPPED: the packed package could not be installed alone and was NOT TESTED, because the registry cannot be reached:\n${offline}`,
      );
      return;
    }
    expect(installed.code, installed.stderr).toBe(0);
  }, 180_000);

  afterAll(() => folder.remove());

  const trained = async (options: { readonly device?: string } = {}) => {
    const text = `import { trainOrTell } from './train.js';\nconsole.log(JSON.stringify(await trainOrTell(${JSON.stringify(options)})));\n`;
    await writeProject(folder.path, { 'main.js': text });
    const ended = await run(process.execPath, ['main.js'], folder.path);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return JSON.parse(ended.stdout) as Omit<Outcome, 'warnings'>;
  };

  it('brings no ONNX Runtime: a page wants another one than Node', async ({ skip }) => {
    if (offline) skip();
    const modules = join(folder.path, 'node_modules');
    const names = (await readdir(modules)).filter((name) => !name.startsWith('.'));
    expect(names.sort()).toEqual(['onnx-autograd', 'onnxruntime-common', 'pure-rand']);
  });

  it.for([
    [{}, /^DeviceUnavailableError: The device "cpu" is not available: onnxruntime-node is not installed/],
    [{ device: 'auto' }, /No device works here\. cuda, dml, coreml, webgpu, cpu: onnxruntime-node is not/],
    [
      { device: 'wasm' },
      /^DeviceUnavailableError: The device "wasm" is not available: onnxruntime-web is not/,
    ],
  ] as const)('without it, a session says what to install: %o', async ([options, said], { skip }) => {
    if (offline) skip();
    const { error } = await trained(options);
    expect(error).toMatch(said);
    const missing = 'device' in options && options.device === 'wasm' ? 'onnxruntime-web' : 'onnxruntime-node';
    expect(error?.match(new RegExp(`run "npm install ${missing}"`, 'g'))).toHaveLength(1);
  });

  it('names ONNX Runtime for Node in one file alone, which may fail: who bundles for a server may not have it', async ({
    skip,
  }) => {
    if (offline) skip();
    const dist = join(folder.path, 'node_modules/onnx-autograd/dist');
    const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.js'));
    const importing = [];
    for (const name of files) {
      const text = await readFile(join(dist, name), 'utf8');
      if (/(from|import|require|resolve)\s*\(?['"]onnxruntime-node['"/]/.test(text))
        importing.push(name.replaceAll('\\', '/'));
    }
    expect(files.length).toBeGreaterThan(100);
    expect(importing).toEqual(['runtime/node/packages.js']);
    const [only = ''] = importing;
    expect(await readFile(join(dist, only), 'utf8')).toMatch(
      /try \{\s*return await import\('onnxruntime-node'\)/,
    );
  });

  it('with it, trains', async ({ skip }) => {
    if (offline) skip();
    const place = join(folder.path, 'node_modules/onnxruntime-node');
    await symlink(join(repository, 'node_modules/onnxruntime-node'), place, 'junction');
    try {
      const { device, losses = [] } = await trained();
      expect(device).toBe('cpu');
      expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    } finally {
      await rm(place);
    }
  });

  it('what its README and antitransfer install is what it asks for', async () => {
    const read = async (path: string) => readFile(join(repository, path), 'utf8');
    const { peerDependencies } = JSON.parse(await read('packages/onnx-autograd/package.json'));
    const antitransfer = JSON.parse(await read('packages/antitransfer/package.json'));
    expect(antitransfer.dependencies['onnxruntime-node']).toBe(peerDependencies['onnxruntime-node']);
    const readme = await read('packages/onnx-autograd/README.md');
    expect(readme).toContain('npm install onnx-autograd onnxruntime-node\n');
    expect(readme).toContain('npm install onnx-autograd onnxruntime-web\n');
  });
});
