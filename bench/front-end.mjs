#!/usr/bin/env node
// The paper's front end beside scipy, librosa, PyTorch and torchaudio (those that Python has), in turns, on the same clips.
//
//   npm run build && node bench/front-end.mjs [--clips 16] [--rounds 100] [--threads 1] [--data FOLDER] [--json]
//     [--python python3]
//
// The clips are one second of noise each; with --data, the first WAV files below a folder. A ratio is the peer's time by
// ours: above 1, antitransfer is faster.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from 'onnx-autograd';
import { readClip } from '../packages/antitransfer/dist/data/audio/read-clip.js';
import { buildFrontEnd } from '../packages/antitransfer/dist/data/features/front-end.js';
import { FrontEndSession } from '../packages/antitransfer/dist/data/features/front-end-session.js';
import { placeSamples } from '../packages/antitransfer/dist/data/features/segment.js';
import { featurePresets } from '../packages/antitransfer/dist/data/features/settings.js';
import { median, startPeer } from './python-peer.mjs';

const { values } = parseArgs({
  options: {
    clips: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '100' },
    threads: { type: 'string', default: '1' },
    python: { type: 'string', default: 'python3' },
    data: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [count, rounds, threads] = [values.clips, values.rounds, values.threads].map(Number);

const frontEnd = buildFrontEnd(featurePresets.paper);
const session = await FrontEndSession.create(frontEnd, threads);
const clips = values.data === undefined ? noise() : await recordings(values.data);
const folder = await mkdtemp(join(tmpdir(), 'front-end-'));
try {
  const path = join(folder, 'clips');
  await writeFile(path, clips);
  const script = join(import.meta.dirname, 'front-end.py');
  const peers = [];
  for (const library of ['scipy', 'librosa', 'torch', 'torchaudio']) {
    const args = [library, path, String(frontEnd.samples), String(threads)];
    const peer = await startPeer(values.python, script, args);
    if (peer !== undefined) peers.push({ ...peer, times: [] });
  }
  if (peers.length === 0) throw new Error('There is nothing to stand beside.');
  const ours = { name: 'antitransfer', times: [], difference: 0 };
  const own = await session.run(clips);
  for (const peer of peers) peer.difference = largestDifference(own, await featuresOf(peer));
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    await session.run(clips);
    ours.times.push(performance.now() - begin);
    for (const peer of peers) peer.times.push((await peer.ask('time')).milliseconds);
  }
  for (const peer of peers) peer.end();
  print([ours, ...peers]);
} finally {
  await session.close();
  await rm(folder, { recursive: true });
}

function print(sides) {
  const own = median(sides[0].times);
  const results = sides.map(({ name, times, difference }) => {
    const milliseconds = median(times);
    // A clip is a second of sound.
    return {
      name,
      milliseconds,
      clipsPerSecond: (1000 * count) / milliseconds,
      ratio: milliseconds / own,
      difference,
    };
  });
  if (values.json) {
    console.log(JSON.stringify({ clips: count, rounds, threads, results }));
    return;
  }
  console.log(
    `${count} clips of one second at 16 kHz, |STFT| ${frontEnd.frames} x ${frontEnd.bins}; medians of ${rounds} rounds, ` +
      `threads: ${threads}\n`,
  );
  console.log('| | ms | files a second | hours of sound a second | its time by ours | largest difference |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const { name, milliseconds, clipsPerSecond, ratio, difference } of results) {
    const numbers = [
      milliseconds.toFixed(2),
      clipsPerSecond.toFixed(0),
      (clipsPerSecond / 3600).toFixed(2),
      ratio.toFixed(2),
      difference.toExponential(1),
    ];
    console.log(`| ${name} | ${numbers.join(' | ')} |`);
  }
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

async function featuresOf(peer) {
  const { buffer } = new Uint8Array(await readFile((await peer.ask('features')).path));
  return new Float32Array(buffer);
}

function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`Different numbers of features: ${a.length} and ${b.length}.`);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}
