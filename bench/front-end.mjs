#!/usr/bin/env node
// The paper's front end beside scipy.signal.stft (python3 with scipy), in turns, on the same clips.
//
//   npm run build && node bench/front-end.mjs [--clips 16] [--rounds 100] [--threads 1] [--data FOLDER] [--json]
//
// The clips are one second of noise each; with --data, the first WAV files below a folder.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Random } from 'onnx-autograd';
import { readClip } from '../packages/antitransfer/dist/data/audio/read-clip.js';
import { buildFrontEnd } from '../packages/antitransfer/dist/data/features/front-end.js';
import { FrontEndSession } from '../packages/antitransfer/dist/data/features/front-end-session.js';
import { placeSamples } from '../packages/antitransfer/dist/data/features/segment.js';
import { featurePresets } from '../packages/antitransfer/dist/data/features/settings.js';

const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '100' },
    threads: { type: 'string', default: '1' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [count, rounds, threads] = [values.clips, values.rounds, values.threads].map(Number);

const frontEnd = buildFrontEnd(featurePresets.paper);
const session = await FrontEndSession.create(frontEnd, threads);
const clips = values.data === undefined ? noise() : await recordings(values.data);
const folder = await mkdtemp(join(tmpdir(), 'front-end-'));
const scipy = await startScipy(join(folder, 'clips'));

const difference = largestDifference(await session.run(clips), await scipy.features());
const times = { antitransfer: [], scipy: [] };
for (let round = 0; round < rounds; round++) {
  const begin = performance.now();
  await session.run(clips);
  times.antitransfer.push(performance.now() - begin);
  times.scipy.push(await scipy.milliseconds());
}
scipy.end();
await session.close();
await rm(folder, { recursive: true });

const [ours, theirs] = [median(times.antitransfer), median(times.scipy)];
const ratio = theirs / ours;
if (values.json) {
  console.log(
    JSON.stringify({
      clips: count,
      rounds,
      threads,
      antitransferMs: ours,
      scipyMs: theirs,
      ratio,
      difference,
    }),
  );
} else {
  console.log(
    `${count} clips of one second at 16 kHz, |STFT| ${frontEnd.frames} x ${frontEnd.bins}, ${rounds} rounds`,
  );
  console.log(`antitransfer  ${ours.toFixed(2)} ms (median; ${threads} thread)`);
  console.log(`scipy ${scipy.version}  ${theirs.toFixed(2)} ms`);
  console.log(`ratio         ${ratio.toFixed(2)} (above 1: antitransfer is faster)`);
  console.log(`largest difference of a value: ${difference.toExponential(1)}`);
}

function noise() {
  const random = new Random(1);
  return Float32Array.from({ length: count * frontEnd.samples }, () => 0.1 * random.normal());
}

async function recordings(root) {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.wav')).sort();
  if (names.length < count)
    throw new Error(`"${root}" has ${names.length} WAV files; --clips asks for ${count}.`);
  const segments = new Float32Array(count * frontEnd.samples);
  for (const [i, name] of names.slice(0, count).entries()) {
    const samples = await readClip({ id: name, path: join(root, name), labels: {} }, 16000);
    placeSamples(samples, segments.subarray(i * frontEnd.samples, (i + 1) * frontEnd.samples), 'start');
  }
  return segments;
}

async function startScipy(path) {
  await writeFile(path, clips);
  const script = join(import.meta.dirname, 'front-end.py');
  const child = spawn('python3', [script, path, String(frontEnd.samples)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('python3 has ended. Is scipy installed (apt-get install python3-scipy)?');
    return value;
  };
  const ask = (question) => {
    child.stdin.write(`${question}\n`);
    return next();
  };
  return {
    version: await next(),
    milliseconds: async () => Number(await ask('time')),
    features: async () => {
      const { buffer } = new Uint8Array(await readFile(await ask('features')));
      return new Float32Array(buffer);
    },
    end: () => child.stdin.end(),
  };
}

function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`Different numbers of features: ${a.length} and ${b.length}.`);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
