import type { Served } from './project.js';

export interface ViteOptions {
  readonly isolated: boolean;
  /** Lines of its configuration beyond what isolates the page. */
  readonly config?: string;
}

const headers = `{
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  }`;

/** The files of a project that knows of this package nothing but its name. */
export function viteFiles({ isolated, config = '' }: ViteOptions): Record<string, string> {
  const isolation = isolated ? `server: { headers: ${headers} },\n  preview: { headers: ${headers} },` : '';
  const settings = `export default {\n  ${isolation}\n  ${config}\n};\n`;
  return {
    'package.json': '{ "private": true, "type": "module" }\n',
    'index.html': '<!doctype html><title>Stripes</title><script type="module" src="/main.js"></script>\n',
    'main.js': "import { trainOrTell } from './train.js';\n\nglobalThis.trained = await trainOrTell();\n",
    ...((isolated || config !== '') && { 'vite.config.js': settings }),
  };
}

/** How Vite serves a project, by the place of its command. */
export function servedByVite(vite: string): Readonly<Record<'dev' | 'build', Served>> {
  const at = (port: string) => ['--host', '127.0.0.1', '--port', port, '--strictPort'];
  return {
    dev: { serve: (port) => [vite, ...at(port)] },
    build: { build: [vite, 'build'], serve: (port) => [vite, 'preview', ...at(port)] },
  };
}
