import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = new URL('../../../', import.meta.url);
const text = (path: string) => readFile(fileURLToPath(new URL(path, repository)), 'utf8');

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Licences under which an Apache-2.0 package may depend on others. BSD-4-Clause: Flite, whose text has no advertising clause. */
const compatible = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSD-4-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
  '(MIT OR CC0-1.0)',
  'MIT OR Apache-2.0',
];

/** Of packages that do not say it in their package.json, from their licence's text. */
const unstated: Readonly<Record<string, string>> = { jstat: 'MIT' };

/** Packages that are installed with antitransfer, and their licences, from the lock file. */
async function installed(): Promise<Map<string, string>> {
  const { packages } = JSON.parse(await text('package-lock.json')) as {
    packages: Record<string, LockedPackage>;
  };
  const licences = new Map<string, string>();
  const visit = (path: string) => {
    const locked = packages[path];
    if (locked === undefined) throw new Error(`${path} is not in the lock file`);
    for (const name of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) {
      const found = resolve(packages, path, name);
      if (found === undefined) continue;
      const target = packages[found];
      if (target?.link) visit(target.resolved ?? '');
      else if (!licences.has(name)) {
        licences.set(name, target?.license ?? unstated[name] ?? 'unknown');
        visit(found);
      }
    }
  };
  visit('packages/antitransfer');
  return licences;
}

/** Where Node finds a package: beside who asks for it, or above. */
function resolve(packages: Record<string, LockedPackage>, from: string, name: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/')))) {
    const candidate = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (base === '') return undefined;
  }
}

describe('NOTICE', () => {
  it('names every package that is installed with its licence, and no other', async () => {
    const notice = await text('packages/antitransfer/NOTICE');
    const named = [...notice.matchAll(/^ {2}(\S+): (.+)$/gm)].map(([, name, licence]) => [name, licence]);
    const wanted = [...(await installed())].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(named).toEqual(wanted);
  });

  it('all of them are licences that go with ours', async () => {
    const others = [...(await installed())].filter(([, licence]) => !compatible.includes(licence));
    expect(others).toEqual([]);
  });

  it('comes with the sources of the FFmpeg that is shipped, and says which they are', async () => {
    const notice = await text('packages/antitransfer/NOTICE');
    const folder = new URL('packages/antitransfer/decoder/', repository);
    for (const file of ['ffmpeg-9.0-audio.tar.xz', 'ffmpeg.wasm']) {
      const bytes = await readFile(fileURLToPath(new URL(file, folder)));
      expect(notice).toContain(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(await text('packages/antitransfer/decoder/COPYING.LGPLv2.1')).toContain(
      'GNU LESSER GENERAL PUBLIC LICENSE',
    );
    const { files } = JSON.parse(await text('packages/antitransfer/package.json')) as { files: string[] };
    expect(files).toEqual(expect.arrayContaining(['NOTICE', 'decoder']));
  });
});
