/** As wide as the terminal, where there is one; lines of more than 100 characters are hard to read. */
export function terminalWidth(stream: Partial<Pick<NodeJS.WriteStream, 'columns'>> = process.stdout): number {
  return Math.min(100, Math.max(60, stream.columns ?? 100));
}
