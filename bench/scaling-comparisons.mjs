#!/usr/bin/env node
// Time of a whole comparison against clips and seeds, one at a time, with the fitted exponents.
//
//   npm run build && node bench/scaling-comparisons.mjs [--rounds 2] [--epochs 3] [--takes 8,16,32,64] [--seeds 1,2,4,8]
//     [--write]
//
// The demo's voices (takes of ten digits by four of them), two methods, one training at a time on one thread, everything
// computed anew; all points once a round, and a point's time is its fastest, which a busy machine disturbs least. While
// one is changed, the other is at its second value. --write puts the table into docs/performance.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fitPowerLaw } from '../packages/antitransfer/dist/bench/scaling.js';
import { phasesOf, runComparison, writeDemo } from './comparison.mjs';

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '3' },
    takes: { type: 'string', default: '8,16,32,64' },
    seeds: { type: 'string', default: '1,2,4,8' },
    write: { type: 'boolean', default: false },
  },
});
const [rounds] = numbers('rounds', 1);
const [epochs] = numbers('epochs', 1);
const takes = numbers('takes', 2);
const seeds = numbers('seeds', 2);

/** Digits by voices: clips of a take. */
const CLIPS = 40;
const axes = {
  clips: takes.map((size) => ({ size: size * CLIPS, takes: size, seeds: seeds[1] })),
  seeds: seeds.map((size) => ({ size, takes: takes[1], seeds: size })),
};

const folder = await mkdtemp(join(tmpdir(), 'antitransfer-scaling-'));
try {
  const corpora = new Map();
  for (const number of takes) corpora.set(number, await writeDemo(join(folder, `spoken-${number}`), number));
  const points = Object.values(axes).flat();
  for (let round = 0; round < rounds; round++) {
    for (const point of points) {
      const place = join(folder, 'comparison');
      const asked = { seeds: point.seeds, epochs, owners: 4 };
      const phases = phasesOf(
        await runComparison(place, corpora.get(point.takes), asked, { parallel: 1, threads: 1 }),
      );
      await rm(place, { recursive: true });
      for (const [phase, seconds] of phases) {
        point.phases ??= new Map();
        point.phases.set(phase, Math.min(seconds, point.phases.get(phase) ?? Number.POSITIVE_INFINITY));
      }
    }
  }
  const table = markdown();
  console.log(table);
  if (given.write) await writeTable(table);
} catch (error) {
  console.error(error.stderr || error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

function markdown() {
  const rows = Object.entries(axes).flatMap(([axis, points]) =>
    [...points[0].phases.keys()].map((phase) => {
      const times = points.map(({ size, phases }) => ({ size, seconds: phases.get(phase) }));
      const { exponent, standardError } = fitPowerLaw(
        times.map(({ size, seconds }) => ({ size, milliseconds: 1000 * seconds })),
      );
      const error = Number.isFinite(standardError) ? ` ± ${standardError.toFixed(2)}` : '';
      const list = times.map(({ size, seconds }) => `${size}: ${seconds.toFixed(1)}`).join(', ');
      return `| ${axis} | ${phase} | ${list} | ${exponent.toFixed(2)}${error} |\n`;
    }),
  );
  return `| against | what | seconds | exponent |\n| --- | --- | --- | ---: |\n${rows.join('')}`;
}

async function writeTable(table) {
  const page = join(import.meta.dirname, '../docs/performance.md');
  const between = /(<!-- scaling-comparisons -->\n).*?(<!-- \/scaling-comparisons -->)/s;
  const text = await readFile(page, 'utf8');
  await writeFile(
    page,
    text.replace(between, (_, open, close) => `${open}${table}${close}`),
  );
}

/** Whole numbers of a flag, so many at least. */
function numbers(name, least) {
  const values = given[name].split(',').map(Number);
  if (values.length >= least && values.every((value) => Number.isInteger(value) && value > 0)) return values;
  console.error(`--${name} "${given[name]}" must be whole numbers from 1, ${least} or more of them.`);
  process.exit(2);
}
