import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from './chromium.js';
import { type Folder, installPacked, newFolder } from './projects/packed.js';
import { outcomeOf, writeProject } from './projects/project.js';
import { servedByVite, type ViteOptions, viteFiles } from './projects/vite.js';

const chromium = findChromium();
if (chromium === undefined) {
  console.warn(
    'SKIPPED: the packed package in a project of Vite was NOT TESTED, because no Chromium was found.',
  );
}

const vite = fileURLToPath(new URL('../../../../node_modules/vite/bin/vite.js', import.meta.url));

describe.skipIf(chromium === undefined)(
  `the packed package in a stranger's project, Vite ${version}`,
  { timeout: 180_000 },
  () => {
    let project: Folder;

    beforeAll(async () => {
      project = await newFolder();
      await installPacked(project.path);
    }, 180_000);

    afterAll(() => project.remove());

    beforeEach(async () => {
      for (const left of ['vite.config.js', 'dist', 'node_modules/.vite'])
        await rm(join(project.path, left), { recursive: true, force: true });
    });

    const trained = async (mode: 'dev' | 'build', options: ViteOptions) => {
      await writeProject(project.path, viteFiles(options));
      const outcome = await outcomeOf(project.path, servedByVite(vite)[mode], chromium!);
      expect(outcome.error).toBeUndefined();
      expect(outcome.isolated).toBe(options.isolated);
      expect(outcome.losses?.at(-1)).toBeLessThan((outcome.losses?.[0] ?? 0) / 2);
      return outcome;
    };

    it('builds without a configuration, and has one thread', async () => {
      const { device, threads, warnings } = await trained('build', { isolated: false });
      expect({ device, threads }).toEqual({ device: 'wasm', threads: 1 });
      expect(warnings.join()).not.toContain('one thread');
    });

    it('builds for an isolated page without another line, goes on with one thread, and says which line is missing', async () => {
      const { device, threads, warnings } = await trained('build', { isolated: true });
      expect({ device, threads }).toEqual({ device: 'wasm', threads: 1 });
      expect(warnings.join()).toContain("In Vite set worker: { format: 'es' }.");
    });

    it('builds for an isolated page with that line, and tries threads', async () => {
      const { warnings } = await trained('build', { isolated: true, config: "worker: { format: 'es' }," });
      expect(warnings.join()).not.toContain('one thread');
    });

    it.each([false, true])(
      'is served while it is developed without another line (isolated: %s)',
      async (isolated) => {
        const { warnings } = await trained('dev', { isolated });
        expect(warnings.join()).not.toContain('one thread');
      },
    );
  },
);
