import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Installs a program of npm's registry in a folder of its own. */
async function fetchProgram(work, specifier) {
  const folder = join(work, specifier.replaceAll(/\W+/g, '-'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  const ended = await run('npm', ['install', ...options, specifier], { folder });
  if (ended.code !== 0) throw new Error(`${specifier} cannot be installed:\n${ended.output}`);
  return join(folder, 'node_modules');
}

const versionOf = async (folder) => JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version;

/** The newest Node of a major version, as npm's registry has it for this platform. */
export async function installNode(major, work) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(await fetchProgram(work, `${name}@${major}`), name);
  return { path: join(folder, 'bin'), program: join(folder, 'bin/node'), version: await versionOf(folder) };
}

const tarballOf = (tarballs) => Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));

/** An empty project that depends on the tarballs, and takes each wherever another package asks for it. */
async function writeProject(folder, tarballs, more = {}) {
  const dependencies = tarballOf(tarballs);
  const project = { name: 'empty', version: '1.0.0', private: true, type: 'module', dependencies, ...more };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project, undefined, 2));
}

/** yarn runs the programs of packages, and Node with what it has installed, by two commands. */
const yarnExecute = (program, ...args) =>
  program === 'node' ? ['node', ...args] : ['run', program, ...args];

/** A yarn of the present, whose projects say how packages are laid out. */
const modernYarn = (linker) => async (work) => {
  const folder = join(await fetchProgram(work, '@yarnpkg/cli-dist'), '@yarnpkg/cli-dist');
  return {
    title: `yarn ${await versionOf(folder)}, ${linker}`,
    program: [join(folder, 'bin/yarn.js')],
    async prepare(project, tarballs) {
      const settings = [
        'enableTelemetry: false',
        'enableGlobalCache: true',
        'enableImmutableInstalls: false',
      ];
      await writeFile(join(project, '.yarnrc.yml'), `${settings.join('\n')}\nnodeLinker: ${linker}\n`);
      await writeFile(join(project, 'yarn.lock'), '');
      await writeProject(project, tarballs, { resolutions: tarballOf(tarballs) });
    },
    install: (flags) => ['install', ...(flags.includes('--ignore-scripts') ? ['--mode=skip-build'] : [])],
    execute: yarnExecute,
  };
};

/** Package managers, each fetched on demand: how a project is made for it, installed, and a program of it run. */
export const managers = {
  npm: async (work) => {
    const folder = join(await fetchProgram(work, 'npm@^11'), 'npm');
    return {
      title: `npm ${await versionOf(folder)}`,
      program: [join(folder, 'bin/npm-cli.js')],
      prepare: (project, tarballs) => writeProject(project, tarballs),
      install: (flags) => ['install', '--no-audit', '--no-fund', '--prefer-offline', ...flags],
      execute: (program, ...args) => ['exec', '--', program, ...args],
    };
  },
  pnpm: async (work) => {
    const folder = join(await fetchProgram(work, 'pnpm@10'), 'pnpm');
    return {
      title: `pnpm ${await versionOf(folder)}`,
      program: [join(folder, 'bin/pnpm.cjs')],
      async prepare(project, tarballs) {
        await writeProject(project, tarballs, { pnpm: { overrides: tarballOf(tarballs) } });
      },
      install: (flags) => ['install', '--prefer-offline', ...flags],
      execute: (program, ...args) => ['exec', program, ...args],
    };
  },
  'yarn-classic': async (work) => {
    const folder = join(await fetchProgram(work, 'yarn@1'), 'yarn');
    return {
      title: `yarn ${await versionOf(folder)}`,
      program: [join(folder, 'bin/yarn.js')],
      prepare: (project, tarballs) => writeProject(project, tarballs, { resolutions: tarballOf(tarballs) }),
      install: (flags) => ['install', '--non-interactive', '--prefer-offline', ...flags],
      execute: yarnExecute,
    };
  },
  yarn: modernYarn('node-modules'),
  'yarn-pnp': modernYarn('pnp'),
};
