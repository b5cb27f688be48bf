import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import GitHubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

export const repository = fileURLToPath(new URL('../../../..', import.meta.url));

/** Folders in which no page of ours is: what is installed, built, fetched or made by runs. */
const passed = new Set(['node_modules', 'dist', 'runs', 'fixtures', 'corpora', 'coverage']);
const generated = new Set(['docs/site/api', 'docs/api/html']);

function markdownIn(folder: string): string[] {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      const skipped = entry.name.startsWith('.') || passed.has(entry.name) || generated.has(path);
      return skipped ? [] : markdownIn(path);
    }
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Every Markdown file of the repository, by its path below it. */
export const pages = markdownIn('.');

export const read = (page: string) => readFileSync(join(repository, page), 'utf8');

/** A link or picture, as it is written, with its line. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A block of code between fences. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** the line of its fence */
  readonly line: number;
}

/** What a page holds, as a Markdown parser reads it: nothing in code counts as a link. */
export interface Page {
  readonly links: readonly Link[];
  readonly blocks: readonly CodeBlock[];
  /** code within a line */
  readonly spans: readonly { readonly code: string; readonly line: number }[];
  /** the names by which code hosts link its headings */
  readonly anchors: ReadonlySet<string>;
}

/** Reads a page; the title lines of a page for the site only (`---`) are left out. */
export function parsePage(text: string): Page {
  const body = text.replace(/^---\n.*?^---\n/ms, (title) => title.replaceAll(/.*/g, ''));
  const tokens = new MarkdownIt({ html: true }).parse(body, {});
  const slugger = new GitHubSlugger();
  const [links, blocks, spans] = [[] as Link[], [] as CodeBlock[], [] as { code: string; line: number }[]];
  const anchors = new Set<string>();
  for (const [i, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1;
    if (token.type === 'fence') blocks.push({ language: token.info.trim(), code: token.content, line });
    for (const child of token.children ?? []) {
      const target = child.attrGet('href') ?? child.attrGet('src');
      if (target !== null) links.push({ target: String(target), line });
      if (child.type === 'code_inline') spans.push({ code: child.content, line });
    }
    if (tokens[i - 1]?.type !== 'heading_open') continue;
    const words = (token.children ?? []).filter(({ type }) => type === 'text' || type === 'code_inline');
    anchors.add(slugger.slug(words.map(({ content }) => content).join('')));
  }
  return { links, blocks, spans, anchors };
}
