import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';

/** The page as Vite has built it; it ships inside the package. */
export const pageFolder = fileURLToPath(new URL('../../dist-page', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves the files of the page. They are known by name beforehand: no path is ever made of what was asked for. */
export function servePage(app: Hono): void {
  const entries = readdirSync(pageFolder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const address = `/${relative(pageFolder, path).split(sep).join('/')}`;
    const bytes = readFileSync(path);
    app.get(address === '/index.html' ? '/' : address, (context) =>
      context.body(new Uint8Array(bytes), 200, { 'Content-Type': type }),
    );
  }
}
