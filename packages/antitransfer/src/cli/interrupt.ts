/**
 * A signal that Ctrl-C aborts. The first one asks to stop and save, the third ends the process at once. Programs that
 * are told to end (SIGTERM) stop in the same way.
 *
 * @param onStop told once, when stopping begins.
 */
export function abortOnInterrupt(onStop: () => void): AbortSignal {
  const controller = new AbortController();
  let count = 0;
  const stop = () => {
    count++;
    if (count === 1) {
      onStop();
      controller.abort();
    }
    if (count >= 3) process.exit(130);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
