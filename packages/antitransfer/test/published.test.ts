import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const json = <T>(path: string) => JSON.parse(readFileSync(`${repository}/${path}`, 'utf8')) as T;

/** How a package may ask for another. */
const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;

interface Package
  extends Readonly<Partial<Record<(typeof kinds)[number], Readonly<Record<string, string>>>>> {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
}

interface Written {
  readonly file: string;
  readonly path: string | readonly string[];
  readonly versionPrefix?: string;
}

interface Release {
  readonly hooks: Readonly<Record<string, string>>;
  readonly plugins: {
    readonly '@release-it/bumper': {
      readonly out: readonly (string | Written)[];
    };
  };
}

describe('what is published', async () => {
  const list = new URL('../../../scripts/published.mjs', import.meta.url).href;
  const { published } = (await import(list)) as { published: readonly string[] };
  const packages = published.map((folder) => ({
    folder,
    ...json<Package>(`packages/${folder}/package.json`),
  }));
  const release = json<Release>('.release-it.json');
  /** What a package asks of those that are published: where that stands, and which version it is. */
  const asked = (one: Package) =>
    packages.flatMap(({ name }) =>
      kinds.flatMap((kind) => {
        const version = one[kind]?.[name];
        return version === undefined ? [] : [{ path: `${kind}.${name}`, version }];
      }),
    );
  const written = release.plugins['@release-it/bumper'].out.map((out) =>
    typeof out === 'string' ? { file: out, path: 'version' } : out,
  );

  it('is every package that is not private', () => {
    const folders = readdirSync(`${repository}/packages`).filter(
      (folder) => json<Package>(`packages/${folder}/package.json`).private !== true,
    );
    expect([...published].sort()).toEqual(folders.sort());
  });

  it('has one version, and each asks for that of the others', () => {
    const [{ version } = { version: '' }] = packages;
    for (const one of packages) {
      expect(one.version).toBe(version);
      for (const { path, version: found } of asked(one)) expect(found, `${one.name}: ${path}`).toBe(version);
    }
  });

  it('comes after what it depends on', () => {
    for (const [i, { dependencies = {} }] of packages.entries()) {
      for (const { name } of packages.slice(i)) expect(Object.keys(dependencies)).not.toContain(name);
    }
  });

  it('is what a release gives its version to, and publishes in that order', () => {
    const names = packages.map(({ name }) => name);
    for (const { folder, ...one } of packages) {
      const found = written.find(({ file }) => file === `packages/${folder}/package.json`);
      expect([found?.path].flat()).toEqual(['version', ...asked(one).map(({ path }) => path)]);
    }
    expect(release.hooks['after:release']).toBe(names.map((name) => `npm publish -w ${name}`).join(' && '));
  });

  it('is what examples ask for, who are given the version of a release, too', () => {
    const examples = readdirSync(`${repository}/examples`)
      .map((name) => `examples/${name}/package.json`)
      .filter((path) => existsSync(`${repository}/${path}`));
    expect(examples.length).toBeGreaterThan(0);
    for (const path of examples) {
      for (const one of asked(json<Package>(path))) {
        expect(one.version).toBe(`^${packages[0]?.version}`);
        expect(written).toContainEqual({ file: path, path: one.path, versionPrefix: '^' });
      }
    }
  });
});
