/** `93.1 %` of a share in [0, 1]. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
