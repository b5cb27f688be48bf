/** Values from many sides, for one reader in the order in which they came. */
export class EventChannel<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error: unknown } | 'closed' | undefined;

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** Nothing comes any more; the reader gets what is there. */
  close(): void {
    this.#end ??= 'closed';
    this.#wake?.();
  }

  /** The reader gets what is there, then the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const next = this.#values.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      if (this.#end === 'closed') return;
      if (this.#end !== undefined) throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}

/**
 * What a work tells while it goes on; then its error, if it has one. A reader who goes away early stops it, and gets away when it
 * has ended.
 *
 * @param work pushes values; its signal aborts with the given one, or when nobody reads any more
 */
export async function* eventsOf<T>(
  signal: AbortSignal,
  work: (channel: EventChannel<T>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T> {
  const channel = new EventChannel<T>();
  const left = new AbortController();
  const ended = work(channel, AbortSignal.any([signal, left.signal])).then(
    () => channel.close(),
    (error: unknown) => channel.fail(error),
  );
  try {
    yield* channel;
  } finally {
    left.abort();
    await ended;
  }
}
