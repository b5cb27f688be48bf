import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../../..', import.meta.url));

/** Packs this package into a folder as it would be published; returns the tarball. */
export async function packInto(folder: string): Promise<string> {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', '-w', 'onnx-autograd', ...options], {
    cwd: repository,
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`);
  return join(folder, packed.filename);
}

export interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A new folder for a project. */
export async function newFolder(): Promise<Folder> {
  // Without links in its path: a bundler would find the same file under two names.
  const path = await realpath(await mkdtemp(join(tmpdir(), 'onnx-autograd-project-')));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Places this package in a project as it is packed, and what it needs in a page as it is installed here: what an
 * installation leaves, without a registry.
 */
export async function installPacked(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'onnx-autograd'), { recursive: true });
  const tarball = await packInto(folder);
  await run('tar', ['-xzf', tarball, '-C', join(modules, 'onnx-autograd'), '--strip-components', '1']);
  await rm(tarball);
  for (const name of ['onnxruntime-web', 'onnxruntime-common', 'pure-rand']) {
    // Copied, as links would lead a bundler out of the project.
    await cp(join(repository, 'node_modules', name), join(modules, name), {
      recursive: true,
      filter: (path) => !path.endsWith('.map'),
    });
  }
}
