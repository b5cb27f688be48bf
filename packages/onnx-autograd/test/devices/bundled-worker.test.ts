import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { version } from 'vite';
import { describe, expect, it } from 'vitest';
import { findChromium, openPage, type PageOptions, servePage } from './chromium.js';
import type { Suite } from './page/page.js';

/** What the page has put into its global scope. */
declare const suite: Suite;

const chromium = findChromium();
if (chromium === undefined) {
  console.warn('SKIPPED: workers as bundlers write them were NOT TESTED, because no Chromium was found.');
}

const root = fileURLToPath(new URL('page', import.meta.url));

/** Opens the built page, whose files may have been changed, and does something with it. */
async function withPage(
  options: PageOptions,
  use: (page: Page, url: string) => Promise<void>,
  change: (folder: string) => Promise<void> = async () => undefined,
  prepare?: (page: Page) => Promise<void>,
): Promise<void> {
  const served = await servePage(root, options);
  try {
    await change(join(served.folder, 'assets'));
    const opened = await openPage(served.url, chromium!, prepare ? { prepare } : {});
    try {
      await opened.page.waitForFunction(() => 'suite' in globalThis);
      await use(opened.page, served.url);
    } finally {
      await opened.close();
    }
  } finally {
    await served.close();
  }
}

/** The device on which a training in the worker opens, or its error. */
const opened = (page: Page) => page.evaluate(() => suite.openWorker('wasm'));

/** The worker's own script among what was built. */
async function workerIn(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((file) => /^worker-.*\.js$/.test(file));
  if (name === undefined) throw new Error(`There is no worker in ${folder}.`);
  return join(folder, name);
}

describe.skipIf(chromium === undefined)(`a page built with Vite ${version}`, { timeout: 180_000 }, () => {
  it('in an isolated page, a worker of one script goes on with one thread, and says how it has more', async () => {
    await withPage({ worker: 'iife' }, async (page) => {
      const [isolated, cores] = await page.evaluate(() => [suite.isolated, navigator.hardwareConcurrency]);
      expect(isolated).toBe(true);
      expect(cores, 'one core has no threads to start').toBeGreaterThan(1);
      const warned = page.waitForEvent('console', (message) => message.type() === 'warning');
      expect(await opened(page)).toBe('wasm, threads: 1');
      expect((await warned).text()).toMatch(/computes with one thread: .* set worker: \{ format: 'es' \}\.$/);
      // Not only the first time, and whatever is asked for.
      expect(await opened(page)).toBe('wasm, threads: 1');
      expect(await page.evaluate(() => suite.openWorker('wasm', 1))).toBe('wasm, threads: 1');
      expect(await page.evaluate(() => suite.openWorker('auto'))).toBe('wasm, threads: 1');
    });
  });

  it('in another page, it has one thread and works', async () => {
    await withPage({ worker: 'iife', isolated: false }, async (page) => {
      expect(await page.evaluate(() => suite.isolated)).toBe(false);
      expect(await opened(page)).toBe('wasm, threads: 1');
    });
  });

  it('in an isolated page, a worker of modules has threads', async () => {
    await withPage({ worker: 'es' }, async (page) => expect(await opened(page)).toBe('wasm, threads: 2'));
  });

  it('a worker that is not there is told where it should be', async () => {
    await withPage(
      { worker: 'es' },
      async (page, url) => {
        const message = await opened(page);
        expect(message).toMatch(/^Error: The training thread cannot start: it could not be loaded\./);
        expect(message).toContain(`Its script is ${url}assets/worker.js (a bundler adds to the name)`);
        expect(message).toContain('with the header "Cross-Origin-Embedder-Policy: require-corp"');
      },
      async (folder) => rm(await workerIn(folder)),
    );
  });

  it('a worker that fails when it starts says where', async () => {
    await withPage(
      { worker: 'es' },
      async (page, url) => {
        const message = await opened(page);
        expect(message).toMatch(/^Error: The training thread has failed: Uncaught Error: broken \(/);
        expect(message).toContain(`(${url}assets/worker-`);
      },
      async (folder) => writeFile(await workerIn(folder), "throw new Error('broken');"),
    );
  });

  it('a worker that says nothing is given up', async () => {
    await withPage(
      { worker: 'es' },
      async (page, url) => {
        const waiting = opened(page);
        await page.clock.fastForward(59_000);
        await page.clock.fastForward(2_000);
        const message = await waiting;
        expect(message).toMatch(/cannot start: it has not answered within 60 seconds\./);
        expect(message).toContain(`Its script is ${url}assets/worker.js`);
      },
      async (folder) => writeFile(await workerIn(folder), 'globalThis.onmessage = () => undefined;'),
      (page) => page.clock.install(),
    );
  });
});
