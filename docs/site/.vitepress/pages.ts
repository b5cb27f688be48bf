import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DefaultTheme } from 'vitepress';

/** The repository, whose Markdown files are the pages. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url));

const read = (path: string) => readFileSync(`${repository}/${path}`, 'utf8');

/** Whether the pages of functions and types are part of the site; they take minutes to make. */
const withApi = process.env.SITE_API !== 'without' && existsSync(`${repository}/docs/site/api`);

/** Markdown files that are no pages. */
export const excluded = [
  ...(withApi ? [] : ['docs/site/api/**']),
  'packages/*/test/**',
  'packages/antitransfer/decoder/**',
  'examples/paper/corpora/**',
  'runs/**',
];

/**
 * Where a Markdown file is in the site: `docs/` at its root, READMEs as the index of their folder.
 *
 * @param file path below the repository, with `/`
 */
export function pageOf(file: string): string {
  if (file === 'docs/site/decisions.md') return 'decisions/index.md';
  if (file === 'docs/README.md') return 'documentation.md';
  if (file === 'README.md') return 'readme.md';
  const path = file
    .replace(/^docs\/site\/source\//, 'source/')
    .replace(/^docs\/site\//, '')
    .replace(/^docs\//, '')
    .replace(/(^|\/)README\.md$/, '$1index.md');
  return /^[A-Z]+\.md$/.test(path) ? path.toLowerCase() : path;
}

/**
 * The sidebar, from docs/README.md: a heading is a group, the first link of a row an item. A page that is not listed there is
 * not listed here, and a test says so.
 */
export function guideSidebar(): DefaultTheme.SidebarItem[] {
  const groups: { text: string; items: DefaultTheme.SidebarItem[] }[] = [];
  for (const line of read('docs/README.md').split('\n')) {
    const [, heading] = /^## (.+)$/.exec(line) ?? [];
    if (heading !== undefined) groups.push({ text: heading, items: [] });
    const [, text, target] = /^\| \[([^\]]+)\]\(([^)]+)\)/.exec(line) ?? [];
    if (text === undefined || target === undefined) continue;
    groups.at(-1)?.items.push({ text, link: linkTo('docs', target) });
  }
  if (groups.length === 0) throw new Error('docs/README.md has no headings, of which the sidebar is made.');
  return groups;
}

/** The site's address of a file that a page in a folder links. */
function linkTo(folder: string, target: string): string {
  const { pathname, hash } = new URL(target, `file:///${folder}/`);
  const file = decodeURIComponent(pathname.slice(1));
  const page = file.endsWith('.md') ? pageOf(file) : `${pageOf(`${file}/README.md`)}`;
  return `/${page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')}${hash}`;
}

/** The packages whose functions and types have pages, where `npm run site` has written them. */
export const apiPackages = (): string[] => (withApi ? readdirSync(`${repository}/docs/site/api`).sort() : []);

type EntryItem = DefaultTheme.SidebarItem & { readonly text: string; readonly link: string };

/**
 * The sidebars of functions and types, by address: within an entry those of that entry, and the others' names. All of them on every
 * page would be nine tenths of the site.
 */
export function apiSidebars(): Record<string, DefaultTheme.SidebarItem[]> {
  const sidebars: Record<string, DefaultTheme.SidebarItem[]> = {};
  for (const name of apiPackages()) {
    const path = `docs/site/api/${name}/typedoc-sidebar.json`;
    const entries = JSON.parse(read(path)) as EntryItem[];
    const around = (open?: string) => ({
      text: name,
      link: `/api/${name}/`,
      items: entries.map((entry) =>
        entry.link === open ? { ...entry, collapsed: false } : { text: entry.text, link: entry.link },
      ),
    });
    for (const { link } of entries) sidebars[link] = [around(link)];
    sidebars[`/api/${name}/`] = [around()];
  }
  return sidebars;
}

/** Number, title and address of each decision, from the files' first lines. */
export function decisions(): { number: string; title: string; link: string }[] {
  return readdirSync(`${repository}/docs/decisions`)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => {
      const [, number, title] = /^# (\d+): (.+)$/m.exec(read(`docs/decisions/${name}`)) ?? [];
      if (number === undefined || title === undefined)
        throw new Error(`docs/decisions/${name} has no number and title.`);
      return { number, title: title.replaceAll('`', ''), link: `/decisions/${name.replace(/\.md$/, '')}` };
    });
}
