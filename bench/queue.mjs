#!/usr/bin/env node
// Trainings through a queue, undisturbed and while workers, the database and whoever queued them are killed.
//
//   npm run build && node bench/queue.mjs [--jobs 500, 0 for none] [--kills 100] [--workers 4] [--timed 100, 0 for none] [--epochs 40] [--width 0.25] [--takes 5] [--core-each] [--seed 1] [--json FILE]
//
// 1. Overhead and scaling: the same small jobs (trainings of --epochs, networks of --width, --takes of each of four sounds) in one process, by one worker, by two, and by two
//    processes without a queue; every worker one job at a time, one thread. --core-each: each has a core of its own (taskset, Linux).
//    Without it one worker has the other core as well: for Node's own threads, and for all that is read and written.
// 2. The campaign: all jobs by some workers while somebody kills at random moments (SIGKILL): workers with and without what
//    they started, the database (started again with its append-only file), and the command that queued the jobs.
//    What the store holds then is compared with an undisturbed run, bit for bit.
// 3. What that says of 1,000 workers: a simulation with what was measured.
//
// Needs redis-server or valkey-server.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from 'onnx-autograd';
import { simulateQueue } from '../packages/antitransfer/dist/bench/queue-simulation.js';
import { encodeWav } from '../packages/antitransfer/dist/data/audio/wav.js';
import { QueueAddress } from '../packages/antitransfer/dist/runs/queue/address.js';
import { connect } from '../packages/antitransfer/dist/runs/queue/connection.js';
import { Store } from '../packages/antitransfer/dist/runs/store/store.js';

const { values: given } = parseArgs({
  options: {
    jobs: { type: 'string', default: '500' },
    kills: { type: 'string', default: '100' },
    workers: { type: 'string', default: '4' },
    timed: { type: 'string', default: '100' },
    epochs: { type: 'string', default: '40' },
    width: { type: 'string', default: '0.25' },
    takes: { type: 'string', default: '5' },
    'core-each': { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
/** An orthogonal network, two trainings and their tests. */
const JOBS_A_SEED = 5;
/** A training while somebody kills: jobs are tiny. */
const TINY = { epochs: 4, width: 0.25 };
const binary = join(import.meta.dirname, '../packages/antitransfer/bin/antitransfer.js');
const server = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
if (server === undefined) {
  console.error('This wants redis-server or valkey-server (Debian: apt-get install redis-server).');
  process.exit(2);
}
const root = mkdtempSync(join(tmpdir(), 'queue-campaign-'));
const port = await freePort();
const url = `redis://127.0.0.1:${port}`;
const random = new Random(Number(given.seed));
const children = new Set();
let redis = await startRedis();

try {
  writeCorpus();
  const timing = Number(given.timed) > 0 ? await timeRunners(Number(given.timed) / JOBS_A_SEED) : undefined;
  const campaign =
    Number(given.jobs) > 0 ? await disturb(Number(given.jobs) / JOBS_A_SEED, Number(given.kills)) : undefined;
  const result = {
    machine: `${cpus()[0].model.trim()}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} at the end`,
    ...(timing && { timing, simulation: simulated(timing) }),
    ...(campaign && { campaign }),
  };
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(result, null, 2)}\n`);
  report(result);
  const { jobs, results, doneTwice, different } = campaign ?? {};
  if (results !== jobs || doneTwice > 0 || different > 0) process.exitCode = 1;
} finally {
  for (const child of children) killTree(child);
  redis.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}

/** Clips of two tones (the digits), clean or with noise (the speakers): three in five to train on. */
function writeCorpus() {
  const lists = ['training', 'training', 'training', 'validation', 'testing'];
  const rows = ['path,list,digit,speaker'];
  for (const digit of ['low', 'high']) {
    for (const speaker of ['ann', 'bob']) {
      for (let take = 0; take < Number(given.takes); take++) {
        const list = lists[take % lists.length];
        const path = `${digit}-${speaker}-${take}.wav`;
        rows.push([path, list, digit, speaker].join());
        const frequency = digit === 'low' ? 500 : 1500;
        const samples = Float32Array.from(
          { length: 3200 },
          (_, i) =>
            0.2 * Math.sin((2 * Math.PI * frequency * i) / 8000) +
            (speaker === 'ann' ? 0.01 : 0.1) * random.normal(),
        );
        writeFileSync(join(root, path), encodeWav(samples, 8000));
      }
    }
  }
  writeFileSync(join(root, 'clips.csv'), `${rows.join('\n')}\n`);
}

/** A comparison of so many seeds, in a folder and store of that name. */
function comparison(name, seeds, { epochs, width, core }, ...more) {
  const config = {
    name,
    data: { corpus: 'manifest', path: 'clips.csv' },
    target: 'digit',
    orthogonal: { column: 'speaker' },
    split: { kind: 'lists', column: 'list' },
    features: { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 8, hop: 256 },
    network: { width },
    training: { epochs, batch: 6 },
    execution: { threads: 1 },
    methods: ['no-transfer', 'cka'],
    seeds,
  };
  writeFileSync(join(root, `${name}.yaml`), JSON.stringify(config));
  return start(
    core,
    'compare',
    `${name}.yaml`,
    '--store',
    `store-${name}`,
    '--output',
    `out-${name}`,
    ...more,
  );
}

function worker(name, core) {
  const queue = ['--queue', url, '--queue-name', name, '--store', `store-${name}`];
  return start(core, 'worker', ...queue, '--concurrency', '1', '--threads', '1');
}

/** @param core that the program may use, with all that it starts; any when absent */
function start(core, ...args) {
  const program = [process.execPath, binary, ...args, '--cache', join(root, 'cache')];
  const [command, ...rest] = core === undefined ? program : ['taskset', '-c', String(core), ...program];
  const child = spawn(command, rest, { cwd: root });
  children.add(child);
  child.text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (child.text += chunk));
  child.ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    return code;
  });
  return child;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address();
  probe.close();
  await once(probe, 'close');
  return free;
}

async function startRedis() {
  const kept = ['--dir', root, '--save', '', '--appendonly', 'yes', '--port', String(port)];
  const child = spawn(server, kept, { stdio: 'ignore' });
  for (;;) {
    const connection = await connect(QueueAddress.parse(url)).catch(() => wait(50));
    if (child.exitCode !== null) throw new Error(`${server} has ended with exit code ${child.exitCode}.`);
    if (connection === undefined) continue;
    await connection.close();
    break;
  }
  return child;
}

/** Seconds of the same jobs by one process, and by one and two workers, and what they ask of the database. */
async function timeRunners(seeds) {
  const jobs = seeds * JOBS_A_SEED;
  const size = { epochs: Number(given.epochs), width: Number(given.width) };
  // Compiled programs are in the cache then, for everybody.
  await succeeded(comparison('warm', 1, { ...size, epochs: TINY.epochs }, '--execution.runner', 'inline'));
  const coreOf = (index) => (given['core-each'] ? index : undefined);
  const alone = ['--execution.runner', 'inline'];
  await succeeded(comparison('inline', seeds, { ...size, core: coreOf(0) }, ...alone));
  const inline = seconds('inline');
  // What two processes can have of this machine, without a queue: half of the jobs each.
  const halves = ['half', 'other-half'];
  await Promise.all(
    halves.map((name, i) => succeeded(comparison(name, seeds / 2, { ...size, core: coreOf(i) }, ...alone))),
  );
  const byHalves = Math.max(...halves.map(seconds));
  const byWorkers = {};
  let database;
  for (const count of [1, 2]) {
    const name = `by-${count}`;
    const workers = Array.from({ length: count }, (_, i) => worker(name, coreOf(i)));
    await Promise.all(workers.map((one) => says(one, 'takes jobs from')));
    const before = await commandTimes();
    await succeeded(comparison(name, seeds, size, '--queue', url, '--queue-name', name));
    const after = await commandTimes();
    if (count === 1) {
      database = {
        commandsPerJob: (after.calls - before.calls) / jobs,
        microsecondsPerJob: (after.microseconds - before.microseconds) / jobs,
      };
    }
    byWorkers[count] = seconds(name);
    for (const one of workers) one.kill('SIGTERM');
    await Promise.all(workers.map(({ ended }) => ended));
  }
  return {
    jobs,
    inline,
    oneWorker: byWorkers[1],
    twoWorkers: byWorkers[2],
    overheadMs: (1000 * (byWorkers[1] - inline)) / jobs,
    efficiency: byWorkers[1] / (2 * byWorkers[2]),
    efficiencyOfProcesses: inline / (2 * byHalves),
    ...database,
  };
}

/** From the first job that was begun to the last that was done, by the store's events. */
function seconds(name) {
  const times = eventsOf(name).flatMap(({ events }) =>
    events
      .filter(({ event }) => event.kind === 'started' || event.kind === 'done')
      .map(({ time }) => Date.parse(time)),
  );
  return (Math.max(...times) - Math.min(...times)) / 1000;
}

function eventsOf(name) {
  const jobs = join(root, `store-${name}`, 'jobs');
  return readdirSync(jobs).map((id) => ({
    id,
    events: readFileSync(join(jobs, id, 'events.jsonl'), 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line)];
        } catch {
          // A process that was killed left half a line.
          return [];
        }
      }),
  }));
}

async function commandTimes() {
  const connection = await connect(QueueAddress.parse(url));
  const text = await connection.redis.info('commandstats');
  await connection.close();
  const sums = { calls: 0, microseconds: 0 };
  for (const [, command, calls, microseconds] of text.matchAll(/cmdstat_(\S+?):calls=(\d+),usec=(\d+)/g)) {
    // What a blocking command waits is no work; commands that a script calls are in the script's time.
    if (command === 'xread' || command === 'bzpopmin') continue;
    const isScript = command === 'evalsha' || command === 'eval';
    if (isScript) sums.calls += Number(calls);
    if (isScript) sums.microseconds += Number(microseconds);
  }
  return sums;
}

/** All jobs while somebody kills; then what is in the store is held against an undisturbed run. */
async function disturb(seeds, kills) {
  const jobs = seeds * JOBS_A_SEED;
  const name = 'killed';
  const queue = ['--queue', url, '--queue-name', name, '--attempts', '1000'];
  const workers = Array.from({ length: Number(given.workers) }, () => worker(name));
  // Beside it, as it takes nothing but time; what killers find is not it.
  const undisturbed = succeeded(comparison('undisturbed', seeds, TINY, '--parallel', given.workers));
  const begun = performance.now();
  let submitter = comparison(name, seeds, TINY, ...queue);
  const killed = { workersAlone: 0, workersWithJobs: 0, jobProcesses: 0, database: 0, submitter: 0 };
  const count = () => Object.values(killed).reduce((sum, one) => sum + one, 0);
  let isOver = false;
  let failure;
  const follow = (child) =>
    child.ended.then((code) => {
      if (child !== submitter) return;
      isOver = true;
      if (code !== 0) failure = child.text;
    });
  follow(submitter);
  await says(submitter, 'jobs queued at');
  while (!isOver) {
    await wait(50 + 500 * random.uniform());
    if (isOver) break;
    // Spread over the jobs, so that a slow machine comes to its end, too.
    if (count() >= kills || count() > 3 + (kills * resultsOf(name)) / (0.9 * jobs)) continue;
    if (count() > 0 && count() % 10 === 0)
      console.error(`${count()} kills, ${resultsOf(name)} of ${jobs} jobs done`);
    const draw = random.uniform();
    if (draw < 0.06) {
      killed.database++;
      redis.kill('SIGKILL');
      await once(redis, 'exit');
      await wait(1500 * random.uniform());
      redis = await startRedis();
    } else if (draw < 0.1) {
      killed.submitter++;
      const old = submitter;
      submitter = undefined;
      killTree(old);
      await old.ended;
      submitter = comparison(name, seeds, TINY, ...queue);
      follow(submitter);
    } else {
      const at = Math.floor(random.uniform() * workers.length);
      const victim = workers[at];
      // One that has not even begun has nothing to lose.
      if (!victim.text.includes(': begun')) continue;
      if (draw < 0.4) {
        killed.workersAlone++;
        victim.kill('SIGKILL');
      } else if (draw < 0.85) {
        killed.workersWithJobs++;
        killTree(victim);
      } else {
        const [process] = childrenOf(victim.pid);
        if (process === undefined) continue;
        killed.jobProcesses++;
        signal(process);
        continue;
      }
      workers[at] = worker(name);
    }
  }
  if (failure !== undefined) throw new Error(`The comparison did not come to its end: ${failure}`);
  const elapsed = (performance.now() - begun) / 1000;
  for (const one of workers) killTree(one);
  await undisturbed;
  const compared = await compareStores(name, 'undisturbed');
  return { jobs, seconds: elapsed, kills: count(), killed, ...compared };
}

async function compareStores(name, other) {
  const [killed, whole] = [name, other].map((one) => new Store(join(root, `store-${one}`)));
  const ids = readdirSync(join(whole.folder, 'jobs'));
  let [results, different] = [0, 0];
  for (const id of ids) {
    // All bytes of networks and maps are held against the digests in the result.
    const [one, two] = await Promise.all([killed, whole].map((store) => store.job(id).result()));
    if (one === undefined) continue;
    results++;
    if (timeless(one) !== timeless(two)) different++;
  }
  const jobs = eventsOf(name);
  const doneTwice = jobs.filter(({ id, events }) => {
    const lines = events.filter(({ event }) => event.kind === 'done' && !event.reused).length;
    // A process that was killed between the result and its line has done it all the same.
    const written = statSync(killed.job(id).resultFile, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    return (
      lines > 1 || events.some(({ time, event }) => event.kind === 'started' && Date.parse(time) > written)
    );
  }).length;
  const startsOf = ({ events }) => events.filter(({ event }) => event.kind === 'started').length;
  return {
    results,
    different,
    doneTwice,
    starts: jobs.reduce((sum, job) => sum + startsOf(job), 0),
    most: Math.max(...jobs.map(startsOf)),
  };
}

function timeless(record) {
  return JSON.stringify(record, (key, value) =>
    key === 'seconds' || key === 'environment' ? undefined : value,
  );
}

function resultsOf(name) {
  const jobs = join(root, `store-${name}`, 'jobs');
  return readdirSync(jobs).filter((id) => readdirSync(join(jobs, id)).includes('result.json')).length;
}

function childrenOf(pid) {
  return spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean)
    .map(Number);
}

/** A machine that goes away: the process and all that it started. */
function killTree(child) {
  const started = childrenOf(child.pid);
  child.kill('SIGKILL');
  started.forEach(signal);
}

function signal(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function says(child, text) {
  while (!child.text.includes(text)) {
    if (child.exitCode !== null) throw new Error(child.text);
    await wait(20);
  }
}

async function succeeded(child) {
  const code = await child.ended;
  if (code !== 0) throw new Error(`exit code ${code}: ${child.text}`);
}

/** How busy workers are with jobs of some lengths, by what one job asks of the database. */
function simulated({ overheadMs, commandsPerJob, microsecondsPerJob }) {
  const costs = {
    commandsPerJob,
    serviceSeconds: microsecondsPerJob / commandsPerJob / 1e6,
    // Between two machines.
    roundTripSeconds: 0.0005,
    // What a worker does besides, whoever it asks: processes, messages, the store.
    localSeconds: Math.max(0, overheadMs / 1000 - (microsecondsPerJob / 1e6 + 0)),
    // A renewed lock every 3.3 seconds and a report a second.
    backgroundPerSecond: 1.3,
  };
  return [1, 10, 60, 600].flatMap((jobSeconds) =>
    [1, 10, 100, 1000, 3000].map((workers) => ({
      jobSeconds,
      workers,
      ...simulateQueue({ workers, jobSeconds, ...costs }, new Random(1)),
    })),
  );
}

function report({ machine, timing, campaign, simulation }) {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  console.log(machine);
  if (campaign !== undefined) reportCampaign(campaign);
  if (timing === undefined) return;
  console.log(`
${timing.jobs} jobs: ${timing.inline.toFixed(1)} s in one process, ${timing.oneWorker.toFixed(1)} s by one worker, ${timing.twoWorkers.toFixed(1)} s by two
overhead of a job ${timing.overheadMs.toFixed(0)} ms; scaling efficiency at two workers ${percent(timing.efficiency)}, of two processes without a queue ${percent(timing.efficiencyOfProcesses)}
the database: ${timing.commandsPerJob.toFixed(1)} scripts and ${(timing.microsecondsPerJob / 1000).toFixed(2)} ms a job

| jobs of | ${[...new Set(simulation.map(({ workers }) => workers))].map((count) => `${count} workers`).join(' | ')} |`);
  for (const length of new Set(simulation.map(({ jobSeconds }) => jobSeconds))) {
    const row = simulation.filter(({ jobSeconds }) => jobSeconds === length);
    console.log(`| ${length} s | ${row.map(({ efficiency }) => percent(efficiency)).join(' | ')} |`);
  }
}

function reportCampaign({ killed, ...campaign }) {
  console.log(`
${campaign.jobs} jobs, ${campaign.kills} kills in ${campaign.seconds.toFixed(0)} s: ${killed.workersAlone} workers alone, ${killed.workersWithJobs} with their jobs, ${killed.jobProcesses} processes of jobs, ${killed.database} times the database, ${killed.submitter} times the command
${campaign.results} results; ${campaign.doneTwice} done twice; ${campaign.different} other than undisturbed; ${campaign.starts} starts, ${campaign.most} at most of one job`);
}
