import type { Command } from 'commander';
import { UserError } from '../errors.js';
import type { ExecutionSettings } from '../runs/config/execution.js';
import { defaultPrefix, QueueAddress } from '../runs/queue/address.js';
import { QueueRunner } from '../runs/runners/queue-runner.js';
import { storeAt } from '../runs/store/store-at.js';
import { positiveNumber, wholeNumber } from './values.js';

/** Where a queue is. */
export interface AddressFlags {
  /** `true` where the flag has no value: then the environment has it. */
  readonly queue?: string | true;
  readonly queueName?: string;
}

/** Of commands that hand their trainings to a queue. */
export interface QueueFlags extends AddressFlags {
  readonly attempts: number;
  readonly jobMemory?: number;
}

/** What becomes of queued jobs when the command that queued them is stopped. */
export const jobsGoOn =
  'the queued jobs go on at their workers; the same command finds them, done or waiting.';

/** Holds a queue's address, for whoever keeps passwords out of command lines, where all users of a machine can read them. */
const environmentName = 'ANTITRANSFER_QUEUE';

export function addAddressFlags(command: Command, queue: string): Command {
  return command
    .option(
      '--queue [url]',
      `${queue}: redis://host:6379, or rediss://user:password@host:6379; without a value that of ${environmentName}`,
    )
    .option('--queue-name <name>', `begins the names of all that is kept there (default: ${defaultPrefix})`);
}

/** Adds the flags of a command that hands its trainings to a queue. */
export function addQueueFlags(command: Command): Command {
  return addAddressFlags(command, 'let the workers of a queue train (see worker), on Redis or Valkey')
    .option('--attempts <n>', 'with --queue: how often a job that fails is tried', wholeNumber(1), 3)
    .option(
      '--job-memory <MiB>',
      'with --queue: what a job may take, so that workers with less leave it (default: estimated)',
      positiveNumber,
    );
}

/**
 * The address of a queue, where one is asked for.
 *
 * @throws UserError when it is none; it does not quote it
 */
export function addressOf(
  { queue, queueName }: AddressFlags,
  environment: NodeJS.ProcessEnv = process.env,
): QueueAddress | undefined {
  if (queue === undefined) return undefined;
  const url = queue === true ? environment[environmentName] : queue;
  if (url === undefined || url === '')
    throw new UserError(
      `--queue has no value, and ${environmentName} is not set: give one of them the queue's address.`,
    );
  return QueueAddress.parse(url, queueName ?? defaultPrefix);
}

/** Who hands the jobs to a queue, where one is asked for. */
export function queueRunnerOf(
  flags: QueueFlags,
  { threads }: ExecutionSettings,
  { store, cache }: { readonly store: string; readonly cache: string },
  onNote: (note: string) => void,
): QueueRunner | undefined {
  const address = addressOf(flags);
  if (address === undefined) return undefined;
  const { attempts, jobMemory } = flags;
  const memory = jobMemory === undefined ? {} : { memoryMiB: jobMemory };
  return new QueueRunner({
    store: storeAt(store, cache),
    address,
    attempts,
    cores: threads ?? 1,
    ...memory,
    onNote,
  });
}
