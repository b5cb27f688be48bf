import type { Redis } from 'ioredis';
import { messageOf, UserError } from '../../errors.js';
import type { QueueAddress } from './address.js';

/** Who does not answer for so long, in milliseconds, while one begins, does not answer at all. */
const CONNECT_MS = 10_000;

/** A connection that was lost is tried again after so long at most, in milliseconds. */
const RETRY_MS = 2000;

/** Told when the database goes away, and when it is back. */
export interface ConnectionObserver {
  onLost?(): void;
  onBack?(): void;
}

/** A connection to the database of a queue, and the library that keeps the queue in it. */
export interface QueueConnection {
  readonly bullmq: typeof import('bullmq');
  readonly redis: Redis;
  close(): Promise<void>;
}

/**
 * Connects to the database of a queue. What is asked of it while it is away waits until it is back.
 *
 * @throws UserError when it does not answer, or refuses, now; or when the packages for it are not installed
 */
export async function connect(
  address: QueueAddress,
  { onLost, onBack }: ConnectionObserver = {},
): Promise<QueueConnection> {
  const [bullmq, ioredis] = await library();
  let state: 'opening' | 'there' | 'away' | 'closed' = 'opening';
  const redis = new ioredis.Redis({
    ...address.credentials(),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // What is asked waits for as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (state === 'opening' ? null : Math.min(100 * times, RETRY_MS)),
  });
  // Errors of the client hold the commands that failed, with a password perhaps: nothing is kept of them but the message.
  let reason = '';
  redis.on('error', (error: unknown) => {
    reason = messageOf(error);
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw notReached(address, reason || messageOf(error));
  }
  state = 'there';
  redis.on('close', () => {
    if (state !== 'there') return;
    state = 'away';
    onLost?.();
  });
  redis.on('ready', () => {
    if (state !== 'away') return;
    state = 'there';
    onBack?.();
  });
  return {
    bullmq,
    redis,
    async close() {
      state = 'closed';
      redis.disconnect();
    },
  };
}

function notReached({ shown }: QueueAddress, reason: string): UserError {
  const refused = /NOAUTH|WRONGPASS|NOPERM|invalid (username|password)|without any password/i.test(reason);
  const remedy = refused
    ? 'See user and password in its address: rediss://user:password@host:port.'
    : 'See whether it runs, and whether its address is right: rediss:// where it encrypts, redis:// where it does not.';
  return new UserError(`The queue at ${shown} cannot be reached: ${reason.replace(/\.$/, '')}. ${remedy}`);
}

/** What is loaded only where a queue is asked for, and need not be installed. */
async function library() {
  try {
    return await Promise.all([import('bullmq'), import('ioredis')]);
  } catch (error) {
    throw new UserError(
      'A queue is kept by bullmq and ioredis, which are not installed with antitransfer: "npm install bullmq ioredis". ' +
        'Without a queue nothing needs them.',
      { cause: error },
    );
  }
}
