#!/usr/bin/env node
// Decoding of recordings beside soundfile (libsndfile), in turns, on the same files: WAV, FLAC, MP3, Ogg Vorbis.
//
//   npm run build && node bench/decoding.mjs [--files 40] [--seconds 5] [--rounds 5] [--data FOLDER] [--python python3] [--json]
//
// Both decode one file after another, on one thread, to the mean of its channels. The sound is that of a folder of WAV
// files, or of the demo's voices. A ratio is soundfile's time by ours: above 1, antitransfer is faster.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeAudioFile } from '../packages/antitransfer/dist/index.js';
import { writeDemo } from './comparison.mjs';
import { median, startPeer } from './python-peer.mjs';

const { values: given } = parseArgs({
  options: {
    files: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'boolean', default: false },
  },
});
const [files, seconds, rounds] = [given.files, given.seconds, given.rounds].map(Number);
if (![files, rounds].every((count) => Number.isInteger(count) && count > 0) || !(seconds > 0)) {
  console.error('--files and --rounds must be whole numbers from 1, --seconds a number above 0.');
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'antitransfer-decoding-'));
try {
  const data = given.data ?? (await writeDemo(join(folder, 'spoken'), 4));
  const out = join(folder, 'recordings');
  await mkdir(out);
  const script = join(import.meta.dirname, 'decoding.py');
  const peer = await startPeer(given.python, script, [data, out, given.files, given.seconds]);
  if (peer === undefined) process.exitCode = 1;
  else print(peer, await measure(peer));
} finally {
  await rm(folder, { recursive: true });
}

async function measure(peer) {
  const results = [];
  for (const [format, paths] of Object.entries(peer.paths)) {
    const times = { ours: [], theirs: [] };
    let difference = 0;
    // The first round loads libraries, and is not counted.
    for (let round = 0; round <= rounds; round++) {
      const begin = performance.now();
      const samples = [];
      for (const path of paths) samples.push((await decodeAudioFile(path)).samples.length);
      const took = performance.now() - begin;
      const theirs = await peer.ask(format);
      difference = Math.max(...samples.map((length, i) => Math.abs(length - theirs.samples[i])));
      if (round === 0) continue;
      times.ours.push(took);
      times.theirs.push(theirs.milliseconds);
    }
    results.push({ format, ours: median(times.ours), theirs: median(times.theirs), difference });
  }
  peer.end();
  return results;
}

function print({ name, rate }, results) {
  if (given.json) {
    console.log(JSON.stringify({ peer: name, rate, files, seconds, rounds, results }));
    return;
  }
  console.log(`${files} recordings of ${seconds} s at ${rate} Hz, medians of ${rounds} rounds; ${name}\n`);
  console.log(
    '| a second | antitransfer: files | hours of sound | soundfile: files | hours | its time by ours |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const { format, ours, theirs } of results) {
    const rates = [ours, theirs].flatMap((milliseconds) => {
      const perSecond = (1000 * files) / milliseconds;
      return [perSecond.toFixed(0), ((perSecond * seconds) / 3600).toFixed(2)];
    });
    console.log(`| ${format.toUpperCase()} | ${rates.join(' | ')} | ${(theirs / ours).toFixed(2)} |`);
  }
  for (const { format, difference } of results.filter(({ difference }) => difference > 0))
    console.log(
      `\n${format.toUpperCase()}: lengths differ by up to ${difference} samples (an encoder's padding).`,
    );
}
