import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageFolder } from '../server/page-files.js';

/**
 * The page with its script, its styles and what it would ask for inside. Its own policy lets it run its script and nothing else, and
 * ask nobody.
 */
export function inlinePage(answers: ReadonlyMap<string, unknown>): string {
  const page = readFileSync(join(pageFolder, 'index.html'), 'utf8');
  const [script, scriptTag] = fileOf(page, /<script[^>]* src="([^"]+)"[^>]*><\/script>/);
  const [styles, stylesTag] = fileOf(page, /<link[^>]* rel="stylesheet"[^>]* href="([^"]+)"[^>]*>/);
  // What ends an element within a script or a style sheet is written so that it does not.
  const safeScript = script.replace(/<(?=\/script|!--)/gi, '\\x3c');
  const safeStyles = styles.replace(/<(?=\/style)/gi, '\\3c ');
  const json = JSON.stringify(Object.fromEntries(answers)).replaceAll('<', '\\u003c');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(safeScript)}`,
    `style-src ${hashOf(safeStyles)}`,
    "style-src-attr 'unsafe-inline'",
    'img-src data: blob:',
    'media-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // A function: what stands for something in a replacement ($&) stands in scripts as well.
  return page
    .replace(
      '<meta charset="utf-8" />',
      (charset) => `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace(stylesTag, () => `<style>${safeStyles}</style>`)
    .replace(scriptTag, '')
    .replace(
      '</body>',
      () =>
        `  <script type="application/json" id="exported">${json}</script>\n    <script type="module">${safeScript}</script>\n  </body>`,
    );
}

/** A file of the page, and the element that names it. */
function fileOf(page: string, element: RegExp): [content: string, tag: string] {
  const [tag, address] = element.exec(page) ?? [];
  if (tag === undefined || address === undefined) throw new Error(`The built page has no ${element}.`);
  return [readFileSync(join(pageFolder, address), 'utf8'), tag];
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
