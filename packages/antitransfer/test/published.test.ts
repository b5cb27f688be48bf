import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const json = <T>(path: string) => JSON.parse(readFileSync(`${repository}/${path}`, 'utf8')) as T;

interface Package {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Release {
  readonly hooks: Readonly<Record<string, string>>;
  readonly plugins: {
    readonly '@release-it/bumper': {
      readonly out: readonly (string | { readonly file: string; readonly path: readonly string[] })[];
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

  it('is every package that is not private', () => {
    const folders = readdirSync(`${repository}/packages`).filter(
      (folder) => json<Package>(`packages/${folder}/package.json`).private !== true,
    );
    expect([...published].sort()).toEqual(folders.sort());
  });

  it('has one version, and each asks for that of the others', () => {
    const [{ version } = { version: '' }] = packages;
    for (const { dependencies = {}, ...one } of packages) {
      expect(one.version).toBe(version);
      for (const { name } of packages) expect(dependencies[name] ?? version).toBe(version);
    }
  });

  it('comes after what it depends on', () => {
    for (const [i, { dependencies = {} }] of packages.entries()) {
      for (const { name } of packages.slice(i)) expect(Object.keys(dependencies)).not.toContain(name);
    }
  });

  it('is what a release gives its version to, and publishes in that order', () => {
    const names = packages.map(({ name }) => name);
    const expected = packages.map(({ folder, dependencies = {} }) => [
      `packages/${folder}/package.json`,
      'version',
      ...names.filter((name) => name in dependencies).map((name) => `dependencies.${name}`),
    ]);
    const written = release.plugins['@release-it/bumper'].out.map((out) =>
      typeof out === 'string' ? [out, 'version'] : [out.file, ...out.path],
    );
    expect(written).toEqual(expected);
    expect(release.hooks['after:release']).toBe(names.map((name) => `npm publish -w ${name}`).join(' && '));
  });
});
