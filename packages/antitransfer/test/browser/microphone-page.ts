import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('../../../../examples/microphone', import.meta.url));

/** What docs/inference.md says that a page must allow, and nothing else. */
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; img-src 'self' data:; object-src 'none'";

/** Builds the example with a folder of models and serves it, as strictly as its documentation says. */
export async function serveExample(models: string) {
  const outDir = await mkdtemp(join(tmpdir(), 'antitransfer-microphone-'));
  const common = { root, logLevel: 'error', publicDir: models } as const;
  const warnings: string[] = [];
  await build({
    ...common,
    build: {
      outDir,
      emptyOutDir: true,
      rolldownOptions: { onwarn: ({ message }) => warnings.push(message) },
    },
  });
  const headers = { 'Content-Security-Policy': policy };
  const server = await preview({
    ...common,
    build: { outDir },
    preview: { headers, host: '127.0.0.1', port: 0, strictPort: false },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The page is not served.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    /** What the bundler complained of. */
    warnings,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/**
 * Opens an address in a Chromium that plays a file, once, as its microphone, which a page may use or not; what its console
 * complains of is collected.
 */
export async function openWithMicrophone(
  url: string,
  executablePath: string,
  recording: string,
  { allowed = true } = {},
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--use-fake-device-for-media-stream',
      ...(allowed ? ['--use-fake-ui-for-media-stream'] : []),
      `--use-file-for-fake-audio-capture=${recording}%noloop`,
    ],
  });
  const page = await browser.newPage();
  // Of other work on the machine a page may see little.
  page.setDefaultTimeout(120_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints, close: () => browser.close() };
}
