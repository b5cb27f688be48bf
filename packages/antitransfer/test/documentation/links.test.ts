import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, parsePage, read, repository } from './markdown.js';

const parsed = new Map(pages.map((page) => [page, parsePage(read(page))]));
const isExternal = (target: string) => /^[a-z][a-z+.-]*:/i.test(target);

/** Why a relative link leads nowhere, or undefined where it leads somewhere. */
function dead(from: string, target: string, anchorsOf: (page: string) => ReadonlySet<string> | undefined) {
  const [path = '', hash] = target.split('#');
  const file = path === '' ? from : posix.join(posix.dirname(from), decodeURIComponent(path));
  const place = join(repository, file);
  if (!existsSync(place)) return `${target}: there is no ${file}`;
  if (hash === undefined) return undefined;
  const page = statSync(place).isDirectory() ? posix.join(file, 'README.md') : file;
  return anchorsOf(page)?.has(hash) ? undefined : `${target}: ${page} has no heading "${hash}"`;
}

describe('links of the documentation', () => {
  it('are looked for in every folder', () => {
    for (const page of [
      'README.md',
      'CONTRIBUTING.md',
      'docs/method.md',
      'docs/tutorial.md',
      'bench/README.md',
    ])
      expect(pages).toContain(page);
    expect(pages.length).toBeGreaterThan(80);
    expect(pages.filter((page) => /node_modules|\/api\//.test(page))).toEqual([]);
  });

  it('lead nowhere, and are called so, where a file or a heading is missing', () => {
    const anchors = (page: string) => (page === 'docs/method.md' ? new Set(['here']) : undefined);
    expect(dead('docs/cli.md', 'method.md#here', anchors)).toBeUndefined();
    expect(dead('docs/cli.md', 'method.md#there', anchors)).toContain('no heading "there"');
    expect(dead('docs/cli.md', 'nothing.md', anchors)).toContain('there is no docs/nothing.md');
    expect(dead('docs/cli.md', '../scripts', anchors)).toBeUndefined();
    expect(dead('docs/cli.md', '../scripts#here', anchors)).toContain('has no heading');
  });

  it('to headings are read as code hosts make them', () => {
    const { anchors, links } = parsePage(
      '---\nhero: "[no](link)"\n---\n# `a` B, c!\n\n# A b c\n\n## Größe & (so)\n\n[x](y.md#z) `[no](code)`\n',
    );
    expect([...anchors]).toEqual(['a-b-c', 'a-b-c-1', 'größe--so']);
    expect(links).toEqual([{ target: 'y.md#z', line: 10 }]);
  });

  it.each(pages)('of %s lead to files and headings that exist', (page) => {
    const wrong = (parsed.get(page)?.links ?? [])
      .filter(({ target }) => !isExternal(target))
      .map(({ target, line }) => [line, dead(page, target, (other) => parsed.get(other)?.anchors)])
      .filter(([, why]) => why !== undefined);
    expect(wrong).toEqual([]);
  });

  it('to other sites are addresses over TLS, and are listed, not fetched', () => {
    const external = [...parsed].flatMap(([page, { links }]) =>
      links.filter(({ target }) => isExternal(target)).map(({ target, line }) => ({ page, target, line })),
    );
    console.info(
      `${new Set(external.map(({ target }) => target)).size} addresses of other sites are linked.`,
    );
    expect(external.length).toBeGreaterThan(20);
    const wrong = external.filter(({ target }) => !URL.canParse(target) || !/^https:\/\//.test(target));
    expect(wrong).toEqual([]);
  });

  it('of docs/README.md name every page of docs, once', () => {
    const named = (parsed.get('docs/README.md')?.links ?? []).map(({ target }) => posix.join('docs', target));
    const expected = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
    expect(named.filter((page) => /^docs\/[^/]+\.md$/.test(page)).sort()).toEqual(expected.sort());
  });
});
