import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../src/index.js';
import { engines, type OpenBrowser } from './engines.js';
import { smallComparison } from './small-comparison.js';

const example = fileURLToPath(new URL('../../../examples/microphone', import.meta.url));

/** The first twenty of the demo's recordings, a second of silence before each: of so many a small network is sure of some. */
async function spokenWords(folder: string): Promise<Buffer> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.wav')).sort();
  const files = await Promise.all(names.slice(0, 20).map((name) => readFile(join(folder, name))));
  const [first] = files;
  if (first === undefined) throw new Error(`No recordings are in "${folder}".`);
  const header = Buffer.from(first.subarray(0, 44));
  const silence = Buffer.alloc(header.readUInt32LE(28));
  const samples = Buffer.concat(files.flatMap((file) => [silence, file.subarray(44)]));
  header.writeUInt32LE(36 + samples.length, 4);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

for (const { name, wanted, open } of engines) {
  if (open === undefined)
    process.stderr.write(`No ${name}: no page is looked at in it. It would be with ${wanted}.\n`);
}

describe.each(engines)('in $name', ({ open }) => {
  let folder = '';
  let browser: OpenBrowser;
  let studio: RunningStudio;
  let served: PreviewServer;

  /** Keeps what a page cannot do. */
  const watch = () =>
    browser.run(
      "window.said = []; for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation']) addEventListener(kind, (event) => said.push(String(event.message ?? event.reason ?? event.blockedURI)))",
    );
  const shown = (script: string) =>
    expect.poll(() => browser.run(`return ${script}`), { timeout: 60_000, interval: 200 });

  beforeAll(async () => {
    if (open === undefined) return;
    folder = await smallComparison();
    studio = await startStudio({ folders: [join(folder, 'runs')] });
    const models = join(folder, 'runs/small/models');
    const [model = ''] = (await readdir(models)).filter((file) => file.endsWith('.onnx'));
    await mkdir(join(folder, 'public'));
    await copyFile(join(models, model), join(folder, 'public/digits.onnx'));
    await writeFile(join(folder, 'public/words.wav'), await spokenWords(join(folder, 'spoken')));
    const page = { root: example, logLevel: 'error', publicDir: join(folder, 'public') } as const;
    const outDir = join(folder, 'page');
    await build({ ...page, build: { outDir } });
    served = await preview({ ...page, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
    browser = await open();
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await studio?.close();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it.skipIf(open === undefined)(
    'the studio lists comparisons and opens one, its charts drawn',
    async () => {
      await browser.go(studio.url);
      await shown("document.querySelector('.runs a')?.textContent").toBe('runs/small');
      await watch();
      await browser.run("document.querySelector('.runs a').click()");
      await shown("document.querySelectorAll('main svg text').length > 10").toBe(true);
      // The name of a row of controls stands in it, and not above.
      const [name, field] = await browser.run<[number, number]>(
        "return ['span', 'label'].map((part) => { const { top, height } = document.querySelector('.zoom > ' + part).getBoundingClientRect(); return top + height / 2; })",
      );
      expect(Math.abs(name - field)).toBeLessThan(8);
      expect(await browser.run('return said')).toEqual([]);
    },
    120_000,
  );

  it.skipIf(open === undefined)(
    'an exported model is opened by a page, and names a sound',
    async () => {
      const address = served.httpServer.address();
      if (address === null || typeof address === 'string') throw new Error('The page is not served.');
      await browser.go(`http://127.0.0.1:${address.port}/`);
      await watch();
      await shown("document.querySelector('#card').textContent").toContain('It hears 0.4 s at 8000 Hz.');
      await browser.run(`
        fetch('words.wav').then((answer) => answer.arrayBuffer()).then((bytes) => {
          const files = new DataTransfer(), field = document.querySelector('#recording');
          files.items.add(new File([bytes], 'words.wav', { type: 'audio/wav' }));
          field.files = files.files;
          field.dispatchEvent(new Event('change', { bubbles: true }));
        });
      `);
      await shown("document.querySelector('#heard tr, #message:not(:empty)')?.textContent ?? ''").toMatch(
        /^\d+[.]\d\d s/,
      );
      expect(await browser.run("return document.querySelector('#message').textContent")).toBe('');
      expect(await browser.run('return said')).toEqual([]);
    },
    120_000,
  );
});
