import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { pageOf, repository } from './pages.js';

/** Files that are shown as text, by the ends of their names; others that pages link are copied as they are. */
const readable = /(\.(mjs|ts|js|json|yaml|yml|csv|py|html)|Dockerfile|LICENSE)$/;

/** Where the site has the text of a file that a page links. */
export const sourcePage = (file: string) => `source/${file.replaceAll('.', '-')}`;

/**
 * What a relative link of a Markdown file leads to in the site. Links are written for whoever reads the files: to a file, a
 * folder, a heading. Here a Markdown file is its page, a folder its README, and of any other file the text is shown.
 *
 * @param from the Markdown file, below the repository
 * @param href as written
 * @returns the site's address, or undefined for what is to stay: headings of the page itself, other sites
 */
function siteLink(from: string, href: string): string | undefined {
  const [path = '', hash] = href.split('#');
  if (path === '' || /^([a-z]+:|\/)/i.test(path)) return undefined;
  const file = fileOf(from, path);
  const end = hash === undefined ? '' : `#${hash}`;
  if (file.endsWith('.md')) return `/${pageOf(file)}${end}`;
  const place = `${repository}/${file}`;
  if (file === 'docs/decisions') return `/decisions/index.md${end}`;
  if (existsSync(place) && statSync(place).isDirectory()) return `/${pageOf(`${file}/README.md`)}${end}`;
  return readable.test(file) ? `/${sourcePage(file)}.md` : `/files/${file}`;
}

/** The file, below the repository, that a path in a Markdown file names. */
function fileOf(from: string, path: string): string {
  return posix.join(posix.dirname(from), decodeURIComponent(path)).replace(/\/$/, '');
}

/** Has the links of each page lead to pages. */
export function siteLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.after('inline', 'site-links', ({ tokens, env }) => {
    const from = relative(repository, String(env.realPath ?? env.path));
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const link = siteLink(from, String(token.attrGet('href') ?? ''));
      if (link === undefined) continue;
      token.attrSet('href', link);
      if (link.startsWith('/files/')) token.attrSet('download', '');
    }
  });
}

/** A file that a page links and that is no page. */
export interface LinkedFile {
  /** below the repository */
  readonly file: string;
  /** whether its text is shown; else it is copied */
  readonly shown: boolean;
}

/** The files that Markdown files link and that are no pages themselves, each once. */
export function linkedFiles(markdownFiles: readonly string[]): LinkedFile[] {
  const found = new Map<string, LinkedFile>();
  for (const from of markdownFiles) {
    const text = readFileSync(`${repository}/${from}`, 'utf8');
    for (const [, href = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const link = siteLink(from, href);
      if (!link?.startsWith('/source/') && !link?.startsWith('/files/')) continue;
      // A line of a file (#L10) is in the file's page.
      const file = fileOf(from, href.replace(/#.*/, ''));
      if (existsSync(`${repository}/${file}`)) found.set(file, { file, shown: link.startsWith('/source/') });
    }
  }
  return [...found.values()];
}

/** Markdown files whose links are followed: docs/, examples and the rest, below the repository. */
export function markdownFiles(): string[] {
  const folders = ['.', 'docs', 'bench', 'examples', 'packages'];
  return folders.flatMap((folder) =>
    readdirSync(`${repository}/${folder}`, { recursive: folder !== '.', encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !/(^|\/)(node_modules|test|api|corpora)\//.test(name))
      .map((name) => posix.join(folder, name)),
  );
}
