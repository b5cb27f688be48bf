// A Python process that answers lines with lines, so that both sides of a benchmark take turns. No command of its own.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Starts a script, whose first line is JSON about itself (`name`, or `missing`: the package that is not there).
 *
 * @returns what it says of itself, `ask` (JSON back for a line) and `end`; undefined, told on stderr, where a package is
 *   missing
 */
export async function startPeer(python, script, args) {
  const child = spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = new Promise((_, reject) => {
    child.once('error', (error) =>
      reject(new Error(`${python} does not start (${error.message}): give --python.`)),
    );
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) throw new Error(`${script} has ended without an answer.`);
    return JSON.parse(value);
  };
  const about = await next();
  if (about.missing !== undefined) {
    console.error(`Left out: ${about.missing} (${python} -m pip install ${about.package}).`);
    return undefined;
  }
  const ask = (question) => {
    child.stdin.write(`${question}\n`);
    return next();
  };
  return { ...about, ask, end: () => child.stdin.end() };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
