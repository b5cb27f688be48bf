import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type DeviceChoice, findDevice } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { defaultCache } from '../../files/default-cache.js';
import { executionSettings } from '../../runs/config/execution.js';
import { JobQueue } from '../../runs/queue/job-queue.js';
import { codeOfJobs } from '../../runs/queue/queued-job.js';
import { surroundingsOf } from '../../runs/runners/runner-of.js';
import { storeAt } from '../../runs/store/store-at.js';
import { workQueue } from '../../runs/worker/queue-worker.js';
import { deviceOption } from '../device-option.js';
import { addExamples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { defaultStore, placeOfStore } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { printable } from '../printable.js';
import { type AddressFlags, addAddressFlags, addressOf } from '../queue-flags.js';
import { positiveNumber, wholeNumber } from '../values.js';

interface Flags extends AddressFlags {
  readonly store?: string;
  readonly cache?: string;
  readonly concurrency?: number;
  readonly threads?: number;
  readonly device?: DeviceChoice;
  readonly memory?: number;
  readonly untilEmpty?: boolean;
  readonly once?: boolean;
}

/** What a system needs besides, as a part of its memory. */
const KEPT_FREE = 0.1;

/** `antitransfer worker` */
export function defineWorker(command: Command): void {
  command
    .description(
      'Takes trainings and tests from a queue, which compare and sweep fill with --queue, and carries them out: those that fit ' +
        'its memory and cores. It needs the queue and the store, and no recordings. Any number of workers may run, anywhere; ' +
        'when one dies, another goes on from its last checkpoint.',
    )
    .action(run);
  addAddressFlags(command, 'where the jobs are')
    .option(
      '--store <place>',
      'the store of whoever queues jobs: a folder, or s3://BUCKET/PREFIX (default: runs/store)',
    )
    .option(
      '--cache <folder>',
      'where compiled programs are kept, on this machine (default: ~/.cache/antitransfer)',
    )
    .option('--concurrency <n>', 'jobs side by side, at most (default: one a core)', wholeNumber(1))
    .option('--threads <n>', 'threads of each (default: the cores, shared)', wholeNumber(1))
    .option(
      '--memory <MiB>',
      "what its jobs may take together (default: nine tenths of the machine's)",
      positiveNumber,
    )
    .addOption(deviceOption('cpu; what others compute is left to others'))
    .option('--until-empty', 'end when nothing is left in the queue that it could do')
    .option('--once', 'end behind one job');
  addExamples(command, [
    ['worker --queue redis://head:6379 --store /mnt/nfs/store', 'until Ctrl-C, which gives its jobs back'],
    [
      'worker --queue --store /mnt/nfs/store --until-empty',
      'for a batch system; the address is in ANTITRANSFER_QUEUE',
    ],
  ]);
}

async function run({ once, untilEmpty, ...flags }: Flags): Promise<void> {
  const address = addressOf(flags);
  if (address === undefined) throw new UserError('Where are the jobs? Give --queue redis://host:6379.');
  const cache = resolve(flags.cache ?? defaultCache());
  const store = storeAt(placeOfStore(flags.store ?? defaultStore()), cache);
  const concurrency = flags.concurrency ?? availableParallelism();
  const execution = executionSettings.parse({ parallel: concurrency, threads: flags.threads ?? null });
  const signal = abortOnInterrupt(() =>
    log('stopping: jobs are given back behind a checkpoint (Ctrl-C twice more ends at once)'),
  );
  const queue = await JobQueue.open(address, {
    onLost: () =>
      log(
        `the queue at ${address.shown} does not answer: going on with what is begun, waiting until it is back`,
      ),
    onBack: () => log(`the queue at ${address.shown} is back`),
  });
  const capacity = {
    memoryMiB: Math.floor(flags.memory ?? (1 - KEPT_FREE) * memoryMiB()),
    cores: Math.max(availableParallelism(), concurrency * (flags.threads ?? 1)),
    devices: [...new Set(['cpu', await findDevice(flags.device ?? 'cpu')])],
  };
  log(
    `${await codeOfJobs()}: takes jobs from ${address.shown} (${address.prefix}), store "${store.location}", up to ${concurrency} side by ` +
      `side, ${capacity.memoryMiB} MiB, ${capacity.cores} cores`,
  );
  try {
    const surroundings = surroundingsOf(execution, store, cache, []);
    const until = once ? 'one' : untilEmpty ? 'empty' : 'stopped';
    const tally = await workQueue({ queue, surroundings, concurrency, capacity, until, log }, signal);
    log(`ended: ${tally.done} jobs done, ${tally.failed} failed`);
    if (signal.aborted) process.exitCode = exitCodes.interrupted;
    else if (tally.failed > 0) process.exitCode = exitCodes.problems;
  } finally {
    await queue.close();
  }
}

/** In MiB: the machine's, or what a container may take of it. */
function memoryMiB(): number {
  const limit = process.constrainedMemory();
  const all = totalmem();
  return (limit !== undefined && limit > 0 ? Math.min(limit, all) : all) / 2 ** 20;
}

/** A line with the time, for a log. */
function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${printable(line)}\n`);
}
