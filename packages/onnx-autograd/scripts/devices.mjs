// Runs the gradient rows and small trainings on every device of this machine, in Node and in Chromium, and compares them
// with Node's CPU; prints a table, and with --write puts it into docs/devices.md.
//
//   npm run build && node packages/onnx-autograd/scripts/devices.mjs [--write]
//
// Needs a Chromium (CHROMIUM_PATH may name it). Without a graphics card WebGPU runs on Chromium's software Vulkan, and
// the whole takes some six minutes.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const { values: options } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const path = fileURLToPath(new URL('../test/devices/survey.ts', import.meta.url));
// The suite is TypeScript among the tests: Vite loads it.
const loader = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, watch: null },
});
const { survey } = await loader.ssrLoadModule(path);
const surveyed = await survey((text) => console.error(text));

const number = (value) => {
  if (typeof value !== 'number') return `fails: ${value}`;
  return value === 0 ? '0' : value.toExponential(1);
};
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, lines) => [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');

const places = surveyed.map(({ place }) => place);
const notes = [];
function cell({ rows, worst, failures }, place) {
  if (failures.length === 0) return number(worst);
  for (const { row: name, error } of failures) {
    notes.push(`- ${place}, ${name}: ${error.replace(/^.*(was false\. |Status Message: )/s, '').trim()}`);
  }
  const works = rows - failures.length;
  return works === 0 ? 'fails' : `${number(worst)}, ${failures.length} of ${rows} fail`;
}
const operators = [...surveyed[0].operators.keys()].map((name) => [
  name,
  surveyed[0].operators.get(name).rows,
  ...surveyed.map(({ place, operators }) => cell(operators.get(name), place)),
]);
const trainings = [...surveyed[0].trainings.keys()].map((name) => [
  name,
  ...surveyed.map(({ trainings }) => number(trainings.get(name))),
]);
const ort = JSON.parse(
  readFileSync(new URL('../../../node_modules/onnxruntime-web/package.json', import.meta.url), 'utf8'),
);
const text = `Measured with ONNX Runtime ${ort.version} on ${cpus()[0]?.model.trim()}, WebGPU on Chromium's software Vulkan.

### Trainings

Ten steps of a small network (convolution, batch normalization, ReLU, max pooling, a frozen convolution, a linear layer),
half of them continued from a snapshot: the largest distance of losses, gradient norms, weights, running statistics and the
optimizer's arrays from those of the CPU.

${table(['optimizer', ...places], trainings)}

### Operators

${table(['operator', 'rows', ...places], operators)}

${notes.length === 0 ? 'Nothing fails.' : `What fails:\n\n${notes.join('\n')}`}
`;
console.log(text);
if (options.write) {
  const file = new URL('../../../docs/devices.md', import.meta.url);
  const marker = '<!-- What follows is made by scripts/devices.mjs --write. -->';
  const before = readFileSync(file, 'utf8').split(marker)[0];
  writeFileSync(file, `${before}${marker}\n\n${text}`);
}
const failed = trainings.flat().some((found) => String(found).startsWith('fails'));
process.exit(failed ? 1 : 0);
