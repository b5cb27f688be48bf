import { cpus, loadavg } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Milliseconds of computing. */
const LONG = 300;
/** As many as a page, its browser and the studio keep busy. */
const THREADS = Math.min(2, cpus().length);
/** Less is what starting threads takes. */
const ALONE = 1.3;

/**
 * How many times as long what computes takes here, since others compute too: time that passes for each second that threads of this
 * process are given. 1 where they are given (nearly) all that they ask for, so that limits are those of a machine that does nothing else.
 * What it found is printed where it is more.
 */
export async function crowding(): Promise<number> {
  const code = `
    const { parentPort } = require('node:worker_threads');
    parentPort.once('message', () => {
      const end = performance.now() + ${LONG};
      while (performance.now() < end);
      parentPort.postMessage('done');
    });
    parentPort.postMessage('ready');`;
  const threads = Array.from({ length: THREADS }, () => new Worker(code, { eval: true }));
  const told = () =>
    Promise.all(threads.map((one) => new Promise((resolve) => one.once('message', resolve))));
  await told();
  const done = told();
  const [begun, used] = [performance.now(), process.cpuUsage()];
  for (const one of threads) one.postMessage('go');
  await done;
  const passed = performance.now() - begun;
  const { user, system } = process.cpuUsage(used);
  for (const one of threads) await one.terminate();
  const ratio = (THREADS * passed) / ((user + system) / 1000);
  if (ratio < ALONE) return 1;
  process.stderr.write(
    `This machine is crowded (load ${loadavg()[0]?.toFixed(1)} on ${cpus().length} processors): limits are ${ratio.toFixed(1)} times as long.\n`,
  );
  return ratio;
}
