#!/usr/bin/env node
// Features of a large corpus, from its files on disk to the store: by one process and by several, in turns, for growing corpora.
//
//   npm run build && node bench/preparation.mjs [--counts 1000,10000,100000] [--processes 1,2] [--rounds 1]
//     [--windows] [--folder FOLDER] [--keep] [--json]
//
// Of the clips, eight in ten are WAV files of half a second (8 kHz), one in ten a FLAC file, one in ten a second of a WAV
// recording of ten minutes (16 kHz). They are made in a folder of the system's temporary one, or below --folder, and removed
// afterwards (with --keep they stay, for the next run with the same --folder). Each measurement has processes and a store of its own;
// seconds of the processor tell how the work grows also where others use the machine. Memory (Linux only) is the sum of the
// peaks of all its processes. "again" is the same when everything is stored: every recording is read for its digest.
//
// With --windows recordings are cut into windows of half a second, a quarter apart: eight in ten are the WAV files, one in ten the FLAC
// file, one in ten a whole recording of a minute. Each measurement is made in one pass (FeatureStore.addWindows), and in two: cutClips,
// which is one process, then FeatureStore.add of the windows.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeAudioFile } from '../packages/antitransfer/dist/data/audio/decode.js';
import { encodeWav } from '../packages/antitransfer/dist/data/audio/wav.js';
import { featureSettings } from '../packages/antitransfer/dist/data/features/settings.js';
import { FeatureStore } from '../packages/antitransfer/dist/data/features/store/feature-store.js';
import { cutClips } from '../packages/antitransfer/dist/data/segments/cut-clips.js';
import { windowSettings } from '../packages/antitransfer/dist/data/segments/settings.js';

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '1000,10000,100000' },
    processes: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '1' },
    windows: { type: 'boolean', default: false },
    folder: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    // What a process of this benchmark is to do: given by the benchmark itself.
    part: { type: 'string' },
  },
});

const settings = featureSettings.parse({
  sampleRate: 8000,
  seconds: 0.5,
  window: 256,
  hop: 128,
  bins: 128,
  pool: 4,
});
const flac = new URL('../packages/antitransfer/test/fixtures/audio/users/flac-plain.flac', import.meta.url);
/** Of a long recording. */
const longSeconds = values.windows ? 60 : 600;

if (values.part !== undefined) await add(JSON.parse(values.part));
else await main();

async function main() {
  await mkdir(values.folder, { recursive: true });
  const folder = values.keep
    ? join(values.folder, 'preparation')
    : await mkdtemp(join(values.folder, 'preparation-'));
  const [counts, processes] = [list('counts'), list('processes')];
  const results = [];
  try {
    const made = await makeRecordings(folder, Math.max(...counts));
    for (let round = 0; round < list('rounds')[0]; round++) {
      for (const count of counts) {
        for (const side of processes) {
          for (const passes of values.windows ? [1, 2] : [1]) {
            const store = await mkdtemp(join(folder, 'store-'));
            const task = { folder, store, count, processes: side, passes, flacSeconds: made.flacSeconds };
            const first = await measured(task);
            const again = await measured(task);
            await rm(store, { recursive: true });
            results.push({ ...first, again });
            if (!values.json) print(results.at(-1));
          }
        }
      }
    }
    if (values.json) console.log(JSON.stringify(results));
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** Adds the first clips to a store, and says what that took. */
async function add({ folder, store: path, count, processes, passes, flacSeconds }) {
  const clips = clipsOf(folder, count);
  const store = new FeatureStore(path);
  const begin = performance.now();
  const { keys, decoded } = await addAll(store, clips, processes, passes);
  const seconds = (performance.now() - begin) / 1000;
  if (keys.includes(undefined)) throw new Error('A made clip cannot be used.');
  const hours = clips.reduce((sum, { kind }) => sum + secondsOf(kind, flacSeconds), 0) / 3600;
  console.log(
    JSON.stringify({
      ...{ count, processes, passes, rows: keys.length, decoded, hours, seconds },
      cpuSeconds: cpuSeconds(),
      ...(await store.usage()),
    }),
  );
}

/** In one pass over the recordings, or in two. */
async function addAll(store, clips, processes, passes) {
  if (!values.windows) return store.add(clips, settings, { processes });
  const windows = windowSettings.parse({ hop: 0.25 });
  if (passes === 1) return (await store.addWindows(clips, settings, windows, { processes })).features;
  const cut = await cutClips(clips, settings, windows);
  const added = await store.add([...cut.windows.values()].flat(), settings, { processes });
  return { ...added, decoded: clips.length + added.decoded };
}

function secondsOf(kind, flacSeconds) {
  return { short: 0.5, flac: flacSeconds, segment: values.windows ? longSeconds : 1 }[kind];
}

/** Runs a measurement in processes of its own, and watches how much memory they take. */
function measured(task) {
  const child = spawn(
    process.execPath,
    [import.meta.filename, ...(values.windows ? ['--windows'] : []), '--part', JSON.stringify(task)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const peaks = new Map();
  const watch = setInterval(() => {
    for (const pid of [child.pid, ...childrenOf(child.pid)]) {
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
    }
  }, 100);
  let out = '';
  child.stdout.on('data', (bytes) => (out += bytes));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) return reject(new Error(`A measurement ended with ${code}.`));
      const peakMiB = [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
      resolve({ ...JSON.parse(out), ...(peakMiB > 0 && { peakMiB }) });
    });
  });
}

/** Seconds of the processor, of this process and of those that it has waited for; undefined where the system does not tell. */
function cpuSeconds() {
  if (!existsSync('/proc/self/stat')) return undefined;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  // A hundred ticks a second, everywhere.
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]) / 100, 0);
}

function childrenOf(pid) {
  const path = `/proc/${pid}/task`;
  try {
    return readdirSync(path).flatMap((task) =>
      readFileSync(`${path}/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** The most that a process has held, in MiB; 0 where it is gone, or the system does not tell. */
function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The first clips of the corpus; the kinds take turns. */
function clipsOf(folder, count) {
  return Array.from({ length: count }, (_, i) => {
    const kind = i % 10 === 8 ? 'flac' : i % 10 === 9 ? 'segment' : 'short';
    const common = { id: `${kind}-${i}`, kind, labels: {} };
    if (kind !== 'segment') return { ...common, path: join(folder, ...pathOf(kind, i)) };
    const at = Math.floor(i / 10);
    if (values.windows) return { ...common, path: join(folder, 'minute', `${at}.wav`) };
    const long = Math.floor(at / longSeconds);
    return { ...common, path: join(folder, 'long', `${long}.wav`), start: at % longSeconds, duration: 1 };
  });
}

function pathOf(kind, i) {
  return [kind, String(Math.floor(i / 10000)), `${i}.${kind === 'flac' ? 'flac' : 'wav'}`];
}

/** Writes the recordings that are not there yet. */
async function makeRecordings(folder, count) {
  const compressed = await readFile(flac);
  const { samples, sampleRate } = await decodeAudioFile(flac.pathname);
  for (const [i, { kind, path }] of clipsOf(folder, count).entries()) {
    if (existsSync(path)) continue;
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(`${path}.part`, bytesOf(kind, i, compressed));
    // Whole, or not there: with --keep the next run goes on.
    await rename(`${path}.part`, path);
  }
  return { flacSeconds: samples.length / sampleRate };
}

/** A FLAC file with a number in a block of its metadata: the same sound, other bytes. */
function withNumber(file, number) {
  const block = Buffer.alloc(12);
  block.writeUInt32BE(8);
  block[0] = 2;
  block.write('made', 4);
  block.writeUInt32BE(number, 8);
  // Behind the mark "fLaC" and the block of stream information.
  return Buffer.concat([file.subarray(0, 42), block, file.subarray(42)]);
}

/** The bytes of a made recording. */
function bytesOf(kind, i, compressed) {
  if (kind === 'flac') return withNumber(compressed, i);
  return kind === 'short' ? encodeWav(noise(4000, i), 8000) : encodeWav(noise(longSeconds * 16000, i), 16000);
}

/** Noise, quickly made. */
function noise(length, seed) {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

function print({
  count,
  processes,
  passes,
  rows,
  decoded,
  hours,
  seconds,
  cpuSeconds: cpu,
  peakMiB,
  bytes,
  files,
  again,
}) {
  const rate = (value) => `${(hours / value).toFixed(2)} h of sound a second`;
  console.log(
    `${count} clips, ${hours.toFixed(1)} h, ${processes} ${processes === 1 ? 'process' : 'processes'}` +
      `${values.windows ? `, ${rows} windows, ${passes === 1 ? 'one pass' : 'two passes'}` : ''}; ${decoded} files decoded:`,
  );
  console.log(
    `  ${seconds.toFixed(1)} s (${rate(seconds)}; processor ${cpu?.toFixed(1)} s, ${((1000 * cpu) / count).toFixed(2)} ms a clip), ` +
      `peak ${peakMiB?.toFixed(0)} MiB, ${(bytes / 1e6).toFixed(0)} MB in ${files} files`,
  );
  console.log(`  again: ${again.seconds.toFixed(1)} s, processor ${again.cpuSeconds?.toFixed(1)} s`);
}

function list(name) {
  const numbers = values[name].split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  console.error(`--${name} "${values[name]}" must be whole numbers above zero, with commas between.`);
  process.exit(2);
}
