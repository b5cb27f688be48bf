#!/usr/bin/env node
// Time of a training step against batch, width, clip length and threads, one at a time, with the fitted exponents.
//
//   npm run build && node bench/scaling.mjs [--rounds 2] [--steps 3] [--write]
//
// Every point is a process of its own (`antitransfer bench step --plain`), all points once a round; a point's time is its
// fastest step, which a busy machine disturbs least. --write puts the table into docs/performance.md and the picture
// beside it.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { fitPowerLaw, scalingChart } from '../packages/antitransfer/dist/bench/scaling.js';

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    steps: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});

const repository = join(import.meta.dirname, '..');
const binary = join(repository, 'packages/antitransfer/bin/antitransfer.js');
const base = { batch: 8, width: 0.25, frames: 126, threads: 2 };
/** This machine has two cores: there is nothing to fit on more threads. */
const axes = {
  batch: [2, 4, 8, 16, 32],
  width: [0.125, 0.25, 0.5, 1],
  frames: [63, 126, 252, 504],
  threads: [1, 2],
};
const units = {
  batch: 'clips in a batch',
  width: 'width (factor of the channels)',
  frames: 'frames of a clip (126 are a second)',
  threads: 'threads',
};

const points = Object.entries(axes).flatMap(([axis, sizes]) =>
  sizes.map((size) => ({ axis, size, times: [] })),
);
for (let round = 0; round < Number(given.rounds); round++) {
  for (const point of points) point.times.push(await measure({ ...base, [point.axis]: point.size }));
}
const measured = Object.fromEntries(
  Object.keys(axes).map((axis) => [
    axis,
    points
      .filter((point) => point.axis === axis)
      .map(({ size, times }) => ({ size, milliseconds: Math.min(...times) })),
  ]),
);
const table = markdown();
console.log(table);
if (given.write) {
  const page = join(repository, 'docs/performance.md');
  const between = /(<!-- scaling -->\n).*?(<!-- \/scaling -->)/s;
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(between, (_, open, close) => `${open}${table}${close}`),
  );
  writeFileSync(join(repository, 'docs/images/scaling.svg'), `${scalingChart(measured, base)}\n`);
}

async function measure({ batch, width, frames, threads }) {
  const shape = ['--batch', batch, '--width', width, '--input', `1x${frames}x129`, '--threads', threads];
  const args = [binary, 'bench', 'step', '--plain', '--steps', given.steps, ...shape.map(String), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout).msPerStepMin;
}

function markdown() {
  const rows = Object.entries(measured).map(([axis, list]) => {
    const { exponent, standardError } = fitPowerLaw(list);
    const error = Number.isFinite(standardError) ? ` ± ${standardError.toFixed(2)}` : '';
    const times = list.map(({ size, milliseconds }) => `${size}: ${milliseconds.toFixed(0)}`).join(', ');
    return `| ${units[axis]} | ${times} | ${exponent.toFixed(2)}${error} |\n`;
  });
  return `| against | milliseconds a step | exponent |\n| --- | --- | ---: |\n${rows.join('')}`;
}
