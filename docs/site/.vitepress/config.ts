import { copyFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { linkedFiles, markdownFiles, siteLinks } from './links.js';
import { drawnDiagrams } from './mermaid.js';
import { apiPackages, apiSidebars, decisions, excluded, guideSidebar, pageOf, repository } from './pages.js';

const api = apiPackages();

/**
 * What search knows of a function or type: its name, what it is for and what it is called with, as one entry without its table of
 * members. Headings such as "Parameters", which all of them have, would be hundreds of entries of the same name.
 */
const head = (source: string) =>
  (source.split(/^#{2,4} (?:Properties|Type Declaration|Example|Methods)/m)[0] ?? source).replaceAll(
    /^#{2,6} .*$/gm,
    '',
  );

export default defineConfig({
  title: 'antitransfer',
  description:
    'Trains a speech network to learn one thing and forget another, and measures whether it helped.',
  lang: 'en',
  base: process.env.SITE_BASE ?? '/',
  srcDir: '../..',
  srcExclude: excluded,
  rewrites: pageOf,
  cleanUrls: true,
  lastUpdated: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env.SITE_BASE ?? '/'}mark.svg` }]],
  vite: { publicDir: `${repository}/docs/site/public` },
  markdown: {
    // As code hosts make them, so that one link to a heading works there and here.
    anchor: { slugify: (text: string) => slug(text) },
    config: (markdown) => {
      siteLinks(markdown);
      drawnDiagrams(markdown);
      const { fence } = markdown.renderer.rules;
      // Indented code looks as fenced code does.
      markdown.renderer.rules.code_block = (tokens, index, ...rest) => fence?.(tokens, index, ...rest) ?? '';
    },
  },
  async buildEnd({ outDir }) {
    for (const { file, shown } of linkedFiles(markdownFiles())) {
      if (shown) continue;
      await mkdir(dirname(`${outDir}/files/${file}`), { recursive: true });
      await copyFile(`${repository}/${file}`, `${outDir}/files/${file}`);
    }
  },
  themeConfig: {
    logo: '/mark.svg',
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Which method when', link: '/results' },
      { text: 'Documentation', link: '/documentation' },
      ...(api.length > 0
        ? [{ text: 'API', items: api.map((name) => ({ text: name, link: `/api/${name}/` })) }]
        : []),
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar: {
      ...apiSidebars(),
      '/decisions/': [
        {
          text: 'Decisions',
          items: decisions().map(({ number, title, link }) => ({ text: `${number} ${title}`, link })),
        },
      ],
      '/': guideSidebar(),
    },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        detailedView: false,
        async _render(source, env, markdown) {
          const html = await markdown.renderAsync(
            /(^|\/)api\//.test(env.relativePath) ? head(source) : source,
            env,
          );
          return env.frontmatter?.search === false ? '' : html;
        },
      },
    },
    footer: { message: 'Apache-2.0' },
  },
});
