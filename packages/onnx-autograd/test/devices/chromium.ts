import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';

/** Where a Chromium is: the environment variable CHROMIUM_PATH, or the usual places. */
export function findChromium(): string | undefined {
  const places = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:/Program Files/Google/Chrome/Application/chrome.exe',
  ];
  return places.find((place) => place !== undefined && existsSync(place));
}

const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that beeps, and no question whether it may be used.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

/** WebGPU without a graphics card: Chromium's own software Vulkan. */
const softwareWebGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
];

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface BuiltPage {
  readonly url: string;
  /** The folder of what was built. */
  readonly folder: string;
  close(): Promise<void>;
}

export interface PageOptions {
  /** How Vite writes the worker: `es` is what docs/devices.md asks for, `iife` is what Vite does by itself. */
  readonly worker?: 'es' | 'iife';
  /** Whether the page is isolated from other origins, so that threads may share memory. */
  readonly isolated?: boolean;
}

/** Builds a page with Vite and serves it. */
export async function servePage(
  root: string,
  { worker = 'es', isolated = true }: PageOptions = {},
): Promise<BuiltPage> {
  const outDir = await mkdtemp(join(tmpdir(), 'onnx-autograd-page-'));
  await build({
    root,
    logLevel: 'error',
    base: './',
    worker: { format: worker },
    build: { outDir, target: 'es2022', chunkSizeWarningLimit: 2000 },
  });
  const headers = isolated ? isolation : {};
  const server: PreviewServer = await preview({
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { headers, host: '127.0.0.1', port: 0, strictPort: false },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The page is not served.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    folder: outDir,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/** Opens a page; what its console complains of is collected. */
export type OpenPage = Awaited<ReturnType<typeof openPage>>;

/** @param prepare what is done before the page is loaded. */
export async function openPage(
  url: string,
  executablePath: string,
  { webgpu = false, prepare }: { webgpu?: boolean; prepare?: (page: Page) => Promise<unknown> } = {},
) {
  const userData = await mkdtemp(join(tmpdir(), 'onnx-autograd-chromium-'));
  const context = await chromium.launchPersistentContext(userData, {
    executablePath,
    headless: true,
    args: [...quiet, ...(webgpu ? softwareWebGpu : [])],
  });
  const page = await context.newPage();
  // Of other work on the machine a page may see little.
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await prepare?.(page);
  await page.goto(url);
  return {
    page,
    complaints,
    async close() {
      await context.close();
      await rm(userData, { recursive: true, force: true });
    },
  };
}
