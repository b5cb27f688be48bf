#!/usr/bin/env node
// A whole comparison by `antitransfer compare` beside the same jobs in PyTorch, in turns: features, networks of the
// speakers, two methods x seeds, test, linear probe, report.
//
//   npm run build && node bench/experiment.mjs [--data FOLDER] [--seeds 2] [--epochs 10] [--rounds 2]
//     [--ways 1x1,1x2,2x1] [--takes 30] [--python python3] [--layout channels-last] [--write] [--json]
//
// --ways are trainings side by side x threads of each. Without --data (a folder with FSDD) the demo's voices speak.
// Every round has a fresh store and cache, so that nothing is found again; the peer reads our features from a plain
// file, and its own computation of them from the recordings is timed and held against ours. --write puts the table into
// docs/performance.md.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { loadCorpus } from '../packages/antitransfer/dist/index.js';
import { methods, phaseOf, phasesOf, runComparison, writeDemo } from './comparison.mjs';
import { median } from './python-peer.mjs';

const { values: given } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '2' },
    ways: { type: 'string', default: '1x1,1x2,2x1' },
    takes: { type: 'string', default: '30' },
    python: { type: 'string', default: 'python3' },
    layout: { type: 'string', default: 'channels-last' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [seeds, epochs, rounds, takes] = ['seeds', 'epochs', 'rounds', 'takes'].map(wholeNumber);
const ways = given.ways.split(',').map(parseWay);
if (!['channels-last', 'contiguous'].includes(given.layout))
  refuse(`--layout "${given.layout}" must be channels-last or contiguous.`);
const peerScript = join(import.meta.dirname, 'experiment_peer.py');
const run = promisify(execFile);
const peerVersion = await requirePeer();

const folder = await mkdtemp(join(tmpdir(), 'antitransfer-experiment-'));
try {
  const isDemo = given.data === undefined;
  const data = isDemo ? await writeDemo(join(folder, 'spoken'), takes) : resolve(given.data);
  const asked = { seeds, epochs, owners: isDemo ? 4 : 5 };
  const measured = [];
  for (const way of ways) measured.push(await compare(data, isDemo ? 'demo' : 'fsdd', asked, way));
  const table = markdown(measured, isDemo ? `the demo's voices, ${takes} takes` : 'FSDD');
  console.log(given.json ? JSON.stringify({ peer: peerVersion, ...asked, rounds, ways: measured }) : table);
  if (given.write) await writeTable(table);
} catch (error) {
  console.error(error.stderr || error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Both sides once a round, in turns; the first round of ours says what the peer is to do. */
async function compare(data, corpus, asked, way) {
  const sides = { ours: [], peers: [] };
  let [dump, difference] = ['', Number.NaN];
  for (let round = 1; round <= rounds; round++) {
    tell(`${way.name}, round ${round} of ${rounds}: antitransfer`);
    const ours = await runComparison(join(folder, `${way.name}-${round}`), data, asked, way);
    sides.ours.push(resultOf(ours));
    if (dump === '') dump = await writeJobs(ours, corpus, data, way);
    tell(`${way.name}, round ${round} of ${rounds}: PyTorch`);
    const peer = await runPeer(dump);
    difference = peer.difference;
    const jobs = peer.jobs.map((done) => ({ ...ours.jobs.find(({ id }) => id === done.id), ...done }));
    sides.peers.push(resultOf({ ...peer, jobs }));
    await rm(ours.folder, { recursive: true });
  }
  tell('');
  const ofBoth = (list, key, name) => median(list.map((result) => result[key].get(name)));
  const rows = (key) =>
    [...sides.ours[0][key].keys()].map((name) => {
      const [antitransfer, peer] = [ofBoth(sides.ours, key, name), ofBoth(sides.peers, key, name)];
      return { name, antitransfer, peer, ratio: peer / antitransfer };
    });
  return { ...way, difference, seconds: rows('phases'), learned: rows('scores') };
}

/** Seconds by phase, and what was learned: means over the seeds. */
function resultOf(comparison) {
  const { jobs } = comparison;
  const scores = new Map();
  const add = (name, value) => scores.set(name, [...(scores.get(name) ?? []), value]);
  for (const { job, record } of jobs.filter(({ job }) => job.kind === 'orthogonal'))
    add(`${job.column}, by its network`, record.accuracy);
  for (const method of methods) {
    for (const { job, record } of jobs.filter(({ job }) => job.kind === 'assessment')) {
      const training = jobs.find(({ id }) => id === job.training);
      if (phaseOf(training.job) !== method) continue;
      add(`${method}: ${training.job.column}, in the test`, record.accuracy);
      add(`${method}: ${job.tasks[0].column}, read by a probe`, record.tasks[0].probe.accuracy);
      add(`${method}: CKA to that network`, record.tasks[0].cka);
    }
  }
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  return {
    phases: phasesOf(comparison),
    scores: new Map([...scores].map(([name, list]) => [name, mean(list)])),
  };
}

/** What the peer reads: our jobs as they are, sets of clips by rows and labels, our features, the recordings. */
async function writeJobs({ store, jobs, folder: of }, corpus, data, way) {
  const dump = join(folder, `jobs-${way.name}`);
  await mkdir(dump);
  const settings = jobs.find(({ job }) => job.kind === 'orthogonal').job.features;
  const names = new Set(
    jobs.flatMap(({ job }) => [
      ...['train', 'validation', 'test', 'standardisation'].map((side) => job[side]),
      ...(job.tasks ?? []).flatMap(({ clips, train, validation }) => [clips, train, validation]),
    ]),
  );
  names.delete(undefined);
  names.delete(null);
  const sets = await Promise.all([...names].map(async (name) => [name, (await store.set(name)).clips]));
  const keys = [...new Set(sets.flatMap(([, clips]) => clips.map(({ key }) => key)))];
  const features = await store.features.open(settings, keys);
  const values = new Float32Array(keys.length * features.shape.reduce((a, b) => a * b));
  await features.read([...keys.keys()], values);
  await features.close();
  const { clips } = await loadCorpus(corpus, data);
  const { keys: ofClips } = await store.features.add(clips, settings);
  const pathOf = new Map(ofClips.map((key, i) => [key, clips[i].path]));
  await writeFile(join(dump, 'features.f32'), values);
  const rowOf = new Map(keys.map((key, row) => [key, row]));
  const inRows = sets.map(([name, list]) => [
    name,
    { rows: list.map(({ key }) => rowOf.get(key)), labels: list.map(({ labels }) => labels) },
  ]);
  const described = {
    from: of,
    settings,
    shape: features.shape,
    recordings: keys.map((key) => pathOf.get(key)),
    sets: Object.fromEntries(inRows),
    jobs: jobs.map(({ id, job }) => ({ id, ...job })),
    parallel: way.parallel,
    threads: way.threads,
    layout: given.layout,
  };
  await writeFile(join(dump, 'jobs.json'), JSON.stringify(described));
  return dump;
}

async function runPeer(dump) {
  const began = Date.now() / 1000;
  const { stdout } = await run(given.python, [peerScript, dump], { maxBuffer: 2 ** 26 });
  const ended = Date.now() / 1000;
  return { began, ended, ...JSON.parse(stdout.trim().split('\n').at(-1)) };
}

async function requirePeer() {
  try {
    return (
      await run(given.python, ['-c', 'import numpy, torch; print("PyTorch", torch.__version__)'])
    ).stdout.trim();
  } catch (error) {
    console.error(error.stderr || error.message);
    return refuse(`${given.python} has no PyTorch and numpy (pip install torch numpy), or give --python.`);
  }
}

function markdown(measured, recordings) {
  const what = `${recordings}; ${peerVersion}, ${given.layout}\nseeds: ${seeds}, epochs: ${epochs}, rounds (medians): ${rounds}`;
  const tables = measured.flatMap(({ parallel, threads, difference, seconds, learned }) => [
    '',
    `${parallel} side by side, threads of each: ${threads}. Features differ by ${difference.toExponential(0)} at most.`,
    '',
    '| seconds | antitransfer | PyTorch | PyTorch by ours |',
    '| --- | ---: | ---: | ---: |',
    ...seconds.map(
      ({ name, antitransfer, peer, ratio }) =>
        `| ${name} | ${antitransfer.toFixed(1)} | ${peer.toFixed(1)} | ${ratio.toFixed(2)} |`,
    ),
    '',
    '| what was learned | antitransfer | PyTorch |',
    '| --- | ---: | ---: |',
    ...learned.map(
      ({ name, antitransfer, peer }) => `| ${name} | ${antitransfer.toFixed(3)} | ${peer.toFixed(3)} |`,
    ),
  ]);
  return `${[what, ...tables].join('\n')}\n`;
}

async function writeTable(table) {
  const page = join(import.meta.dirname, '../docs/performance.md');
  const between = /(<!-- experiment -->\n).*?(<!-- \/experiment -->)/s;
  const text = await readFile(page, 'utf8');
  await writeFile(
    page,
    text.replace(between, (_, open, close) => `${open}${table}${close}`),
  );
}

function parseWay(text) {
  const [, parallel, threads] = /^([1-9]\d*)x([1-9]\d*)$/.exec(text) ?? [];
  if (threads === undefined)
    refuse(`--ways "${text}" must be trainings side by side x threads of each, such as 2x1.`);
  return { name: text, parallel: Number(parallel), threads: Number(threads) };
}

function tell(message) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${message}`);
}

function wholeNumber(name) {
  const value = Number(given[name]);
  if (!(Number.isInteger(value) && value > 0))
    refuse(`--${name} "${given[name]}" must be a whole number, 1 or more.`);
  return value;
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}
