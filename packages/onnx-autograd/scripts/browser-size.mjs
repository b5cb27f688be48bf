// The size of what a page loads of this package, without ONNX Runtime: bundled and minified by Vite, compressed by gzip.
//
//   npm run build && node packages/onnx-autograd/scripts/browser-size.mjs
//
// Fails when what the page bundles, or the file of the worker, is over the limit, or when a module of Node is in it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const limit = 88_000;

const contents = {
  'the whole library': `import * as library from 'onnx-autograd'; globalThis.library = library;`,
  'a training session': `export { TrainingSession, ProgramBuilder, crossEntropy, adam, readOnnx } from 'onnx-autograd';`,
  'readOnnx alone': `export { readOnnx } from 'onnx-autograd';`,
  'random numbers alone': `export { Random } from 'onnx-autograd';`,
};

// Beside the package, so that its name is found.
const folder = mkdtempSync(fileURLToPath(new URL('../size-', import.meta.url)));

async function sizeOf(code) {
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, code);
  const external = [/^onnxruntime-/];
  const output = { entryFileNames: '[name].js', chunkFileNames: '[name].js' };
  const { output: files } = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es', rollupOptions: { external } },
    build: {
      write: false,
      target: 'es2022',
      rollupOptions: { input: entry, external, output, preserveEntrySignatures: 'strict' },
    },
  });
  const parts = files.map((file) => ({
    text: typeof (file.code ?? file.source) === 'string' ? (file.code ?? file.source) : '',
    isWorker: file.type === 'asset',
  }));
  for (const { text } of parts) {
    const imported = [...text.matchAll(/(?:from|import)\s*\(?["']([^"']+)["']/g)].map(([, name]) => name);
    const foreign = imported.filter((name) => name.startsWith('node:') || builtinModules.includes(name));
    if (foreign.length > 0 || text.includes('__vite-browser-external'))
      throw new Error(`A module of Node is in the bundle: ${foreign}`);
  }
  const bytes = (isWorker) =>
    parts
      .filter((part) => part.isWorker === isWorker)
      .reduce((total, { text }) => total + gzipSync(text).length, 0);
  // Vite builds the worker of a session that was left out, too; nothing loads it.
  const loadsWorker = parts.some(({ text, isWorker }) => !isWorker && text.includes('new Worker'));
  return { page: bytes(false), worker: loadsWorker ? bytes(true) : 0 };
}

const kilobytes = (bytes) => (bytes === 0 ? '–' : `${(bytes / 1000).toFixed(1)} kB`);
try {
  console.log('| what is imported | in the page | in the worker |\n| --- | --- | --- |');
  for (const [what, code] of Object.entries(contents)) {
    const { page, worker } = await sizeOf(code);
    console.log(`| ${what} | ${kilobytes(page)} | ${kilobytes(worker)} |`);
    if (Math.max(page, worker) > limit) {
      console.error(`${what}: ${kilobytes(Math.max(page, worker))} is more than ${kilobytes(limit)}.`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
