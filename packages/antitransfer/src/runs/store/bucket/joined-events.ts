/** Lines of two files of events, each once, in the order of their times, which stand first in them. */
export function joinedEvents(one: Uint8Array | undefined, other: Uint8Array): string {
  const lines = [one ?? '', other].flatMap((bytes) => Buffer.from(bytes).toString().split('\n'));
  const timed = [...new Set(lines.filter((line) => line !== ''))].map((line) => ({
    line,
    time: timeOf(line),
  }));
  return timed
    .toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ line }) => `${line}\n`)
    .join('');
}

/** ISO 8601, which sorts as text; empty where a line is damaged. */
function timeOf(line: string): string {
  return /"time":"([^"]*)"/.exec(line)?.[1] ?? '';
}
