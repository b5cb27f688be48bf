/** As wide as the terminal, where there is one; lines of more than 100 characters are hard to read. */
export function terminalWidth(): number {
  return Math.min(100, Math.max(60, process.stdout.columns ?? 100));
}
