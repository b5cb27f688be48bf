import { type Command, type Outcome, outcomeOf, type Served, writeProject } from './project.js';
import { servedByVite, viteFiles } from './vite.js';

/** A kind of project that people have, and how it is set up. */
interface Framework {
  readonly name: string;
  /** What is installed beside this package. */
  readonly packages: readonly string[];
  readonly variants: readonly Variant[];
  /** Where its files have the training. */
  readonly trainingAt?: string;
}

interface Variant {
  /** What its user has written beyond a new project. */
  readonly lines: string;
  readonly isolated: boolean;
  readonly files: Readonly<Record<string, string>>;
  readonly served: Readonly<Record<string, Served>>;
}

const vite = 'node_modules/vite/bin/vite.js';
const workerLine = "worker: { format: 'es' },";
const excludeLine = "optimizeDeps: { exclude: ['onnx-autograd', 'onnxruntime-web'] },";

function viteVariants(lines: readonly string[]): Variant[] {
  return [false, true].flatMap((isolated) =>
    lines.map((config) => ({
      lines: config || 'none',
      isolated,
      files: viteFiles({ isolated, config }),
      served: servedByVite(vite),
    })),
  );
}

const isolation = [
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'require-corp'],
] as const;

function nextVariant(isolated: boolean): Variant {
  const headers = JSON.stringify(isolation.map(([key, value]) => ({ key, value })));
  const at = (port: string) => ['-H', '127.0.0.1', '-p', port];
  const next = 'node_modules/next/dist/bin/next';
  return {
    lines: isolated ? 'headers()' : 'none',
    isolated,
    files: {
      'next.config.mjs': isolated
        ? `export default { headers: async () => [{ source: '/:path*', headers: ${headers} }] };\n`
        : 'export default {};\n',
      'app/layout.jsx':
        'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
      'app/page.jsx': `'use client';
import { useEffect } from 'react';
import { trainOrTell } from './train.js';

export default function Page() {
  useEffect(() => {
    trainOrTell().then((told) => { globalThis.trained = told; });
  }, []);
  return <p>Stripes</p>;
}
`,
    },
    served: {
      dev: { serve: (port): Command => [next, 'dev', ...at(port)] },
      build: { build: [next, 'build'], serve: (port): Command => [next, 'start', ...at(port)] },
    },
  };
}

function svelteVariant(isolated: boolean, config: string): Variant {
  const object = JSON.stringify(Object.fromEntries(isolation));
  const hook = isolation.map(([key, value]) => `  answer.headers.set('${key}', '${value}');\n`).join('');
  // Its preview sends what was built without the headers of Vite's configuration, and a worker wants them too.
  const plugin = `{
  name: 'isolation',
  configurePreviewServer({ middlewares }) {
    middlewares.use((_, answer, next) => {
      for (const [name, value] of Object.entries(${object})) answer.setHeader(name, value);
      next();
    });
  },
}`;
  const served = isolated ? `server: { headers: ${object} },` : '';
  return {
    lines: config || 'none',
    isolated,
    files: {
      'package.json': '{ "private": true, "type": "module" }\n',
      'svelte.config.js': 'export default {};\n',
      'vite.config.js': `import { sveltekit } from '@sveltejs/kit/vite';

export default { plugins: [${isolated ? `${plugin}, ` : ''}sveltekit()], ${served} ${config} };
`,
      'src/app.html':
        '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>\n',
      'src/routes/+page.svelte': `<script>
  import { onMount } from 'svelte';

  onMount(async () => {
    const { trainOrTell } = await import('./train.js');
    globalThis.trained = await trainOrTell();
  });
</script>
<p>Stripes</p>
`,
      'src/hooks.server.js': `export async function handle({ event, resolve }) {
  const answer = await resolve(event);
${isolated ? hook : ''}  return answer;
}
`,
    },
    served: servedByVite(vite),
  };
}

export const frameworks: readonly Framework[] = [
  { name: 'Vite 8', packages: ['vite@8'], variants: viteVariants(['', workerLine]) },
  { name: 'Vite 7', packages: ['vite@7'], variants: viteVariants(['', `${workerLine} ${excludeLine}`]) },
  {
    name: 'Next',
    packages: ['next', 'react', 'react-dom'],
    variants: [nextVariant(false), nextVariant(true)],
    trainingAt: 'app/train.js',
  },
  {
    name: 'SvelteKit',
    packages: ['@sveltejs/kit', 'svelte', '@sveltejs/vite-plugin-svelte', 'vite@8'],
    variants: [
      svelteVariant(false, ''),
      svelteVariant(false, workerLine),
      svelteVariant(true, ''),
      svelteVariant(true, workerLine),
    ],
    trainingAt: 'src/routes/train.js',
  },
];

/** What comes of every variant of a framework, in its folder, where its packages are installed. */
export async function tryFramework(
  { variants, trainingAt }: Framework,
  folder: string,
  chromium: string,
  clean: () => Promise<void>,
  tell: (variant: Variant, mode: string, outcome: Outcome) => void,
): Promise<void> {
  for (const variant of variants) {
    await writeProject(folder, variant.files, trainingAt);
    for (const [mode, served] of Object.entries(variant.served)) {
      await clean();
      tell(variant, mode, await outcomeOf(folder, served, chromium));
    }
  }
}
