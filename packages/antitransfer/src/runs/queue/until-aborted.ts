/**
 * What a promise comes to, or the signal's reason as soon as that aborts: for what waits until a database is back.
 *
 * @throws the signal's reason when it aborts first; what the promise rejects with otherwise
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whatever comes of it when nobody waits any more is of no interest.
  work.catch(() => undefined);
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
