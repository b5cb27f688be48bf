/** How long the page may be kept from everything else, in milliseconds: a frame. */
const slice = 16;

/** Work in slices: whoever does much asks for a pause between its parts, and has one where it is time. */
export class Slices {
  #since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#since < slice) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#since = performance.now();
  }
}

/**
 * What is done often, done at most so often: at once when it is time, else once when it is.
 *
 * @param milliseconds between two times.
 */
export function atMostEvery(milliseconds: number, act: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let waiting = false;
  const now = () => {
    waiting = false;
    last = performance.now();
    act();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(now, Math.max(0, last + milliseconds - performance.now()));
  };
}
