/** Validation clips that are observed after each epoch, at most: 400 say to a hundredth how alike two networks are. */
const most = 400;

/** Which of some clips are observed: all, or as many as are enough, evenly spaced. */
export function observedClips(count: number): number[] {
  const observed = Math.min(count, most);
  return Array.from({ length: observed }, (_, i) => Math.floor((i * count) / observed));
}
