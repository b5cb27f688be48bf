// Compiles assembly/optimizers.ts to WebAssembly and writes it, as text, to src/optimizers/kernels.ts.
//
//   node packages/onnx-autograd/scripts/kernels.mjs [--check]
//
// With --check it writes nothing and fails when what is there is of another source.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = fileURLToPath(new URL('../assembly/optimizers.ts', import.meta.url));
const target = fileURLToPath(new URL('../src/optimizers/kernels.ts', import.meta.url));

const made = new Map();
const options = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert', '--importMemory'];
const { error, stderr } = await asc.main(['optimizers.ts', '--outFile', 'kernels.wasm', ...options], {
  readFile: (name) => (name === 'optimizers.ts' ? readFileSync(source, 'utf8') : null),
  writeFile: (name, contents) => void made.set(name, contents),
  listFiles: () => [],
});
if (error) throw new Error(`assembly/optimizers.ts does not compile:\n${stderr}`);
const text = Buffer.from(made.get('kernels.wasm')).toString('base64');
const lines = text.match(/.{1,90}/g).map((line) => `  '${line}'`);
const module = `// Made by scripts/kernels.mjs of assembly/optimizers.ts: do not edit.

/** The WebAssembly module of the optimizers' inner loops, in base 64. */
export const kernels =
${lines.join(' +\n')};
`;
if (!process.argv.includes('--check')) writeFileSync(target, module);
else if (readFileSync(target, 'utf8') !== module) {
  console.error('src/optimizers/kernels.ts is of another assembly/optimizers.ts: run npm run generate.');
  process.exitCode = 1;
}
