import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages, parsePage, read, repository } from './markdown.js';

let site: string;
let built: readonly string[];

/** Builds the site without the pages of functions, which take minutes. */
beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'antitransfer-site-'));
  const program = join(repository, 'node_modules/vitepress/bin/vitepress.js');
  const { NODE_ENV, ...environment } = process.env;
  await promisify(execFile)(process.execPath, [program, 'build', 'docs/site', '--outDir', site], {
    cwd: repository,
    env: { ...environment, SITE_API: 'without' },
    maxBuffer: 2 ** 26,
  });
  built = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
}, 600_000);
afterAll(() => rm(site, { recursive: true, force: true }));

const documentOf = (name: string) => parseHTML(readFileSync(join(site, name), 'utf8')).document;

/** The file that a server gives for an address of the site. */
function fileOf(address: string): string {
  const path = decodeURIComponent(address).replace(/^\//, '');
  if (path === '' || path.endsWith('/')) return `${path}index.html`;
  return /\.\w+$/.test(path) && existsSync(join(site, path)) ? path : `${path}.html`;
}

describe('the documentation as a site', () => {
  it('has a page for every page of docs, READMEs and decisions', () => {
    const expected = [
      'index',
      'documentation',
      'readme',
      'contributing',
      'changelog',
      'tutorial',
      'bench/index',
    ];
    for (const name of expected) expect(built).toContain(`${name}.html`);
    const decisions = pages.filter((page) => page.startsWith('docs/decisions/'));
    for (const page of decisions) expect(built).toContain(page.replace('docs/', '').replace('.md', '.html'));
    for (const page of pages.filter((name) => /^docs\/[^/]+\.md$/.test(name) && !name.endsWith('README.md')))
      expect(built).toContain(page.replace('docs/', '').replace('.md', '.html'));
  });

  it('leads every link to a page, and to a heading of it', () => {
    const headings = new Map(
      built.map((name) => [
        name,
        new Set([...documentOf(name).querySelectorAll('[id]')].map(({ id }) => id)),
      ]),
    );
    const dead = built.flatMap((name) =>
      [...documentOf(name).querySelectorAll('a[href]')].flatMap((link) => {
        const href = link.getAttribute('href') ?? '';
        if (/^[a-z]+:/.test(href)) return [];
        const [path = '', hash = ''] = href.split('#');
        const here = `/${name.replaceAll('\\', '/')}`;
        const file =
          path === ''
            ? here.slice(1)
            : fileOf(posix.resolve(posix.dirname(here), path) + (path.endsWith('/') ? '/' : ''));
        if (!existsSync(join(site, file.replace(/\/{2,}/g, '/')))) return [`${name}: ${href}`];
        const known = headings.get(file);
        return hash === '' || known === undefined || known.has(decodeURIComponent(hash))
          ? []
          : [`${name}: ${href}`];
      }),
    );
    expect(dead).toEqual([]);
  });

  it('names headings as code hosts do', () => {
    const ids = [...documentOf('method.html').querySelectorAll('h2[id], h3[id]')].map(({ id }) => id);
    const { anchors } = parsePage(read('docs/method.md'));
    expect(ids.length).toBeGreaterThan(8);
    expect(ids.filter((id) => !anchors.has(id))).toEqual([]);
  });

  it('begins with the numbers of README', () => {
    const text = documentOf('index.html').querySelector('.measured')?.textContent ?? '';
    const [, table = ''] = /^(\| what is learned.*?)\n\n/ms.exec(read('README.md')) ?? [];
    const rows = table.split('\n').slice(2);
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      const [, , without = '', by = '', gain = ''] = row.split('|').map((cell) => cell.trim());
      for (const cell of [without, by, gain.replaceAll('*', '')]) expect(text).toContain(cell);
    }
  });

  it('shows the files that pages link, draws diagrams, and loads nothing from elsewhere', () => {
    expect(documentOf('source/bench/shifted-windows-mjs.html').querySelector('pre')?.textContent).toContain(
      'import',
    );
    expect(existsSync(join(site, 'files/examples/onnx-autograd/digits.onnx'))).toBe(true);
    const { length } = documentOf('architecture.html').querySelectorAll('.diagram svg text');
    expect(length).toBeGreaterThan(10);
    const loaded = built.flatMap((name) =>
      [...documentOf(name).querySelectorAll('script[src], link[href], img[src]')]
        .map((element) => element.getAttribute('src') ?? element.getAttribute('href') ?? '')
        .filter((address) => /^(https?:)?\/\//.test(address)),
    );
    expect(loaded).toEqual([]);
  });

  it('finds words of its pages', () => {
    const chunks = join(site, 'assets/chunks');
    const index = readdirSync(chunks).find((name) => name.startsWith('@localSearchIndex'));
    const text = readFileSync(join(chunks, index ?? ''), 'utf8');
    for (const word of ['joint-independence', 'successive', 'onnxruntime-web'])
      expect(text).toContain(word.split('-')[0]);
    expect(text).toContain('/tutorial#1-recordings');
    expect(text).not.toContain('/source/');
  });
});
