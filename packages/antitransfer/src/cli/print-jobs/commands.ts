import { shellWords } from '../../files/shell-words.js';
import type { JobPrint } from './lines.js';

/** One command a line: for `sh`, or side by side for `parallel` or `xargs -P`. The last one wants all others done. */
export function commandLines({ command, ids, collect }: JobPrint): string {
  const lines = ids.map((id) => `${shellWords([...command, id])}\n`);
  return `${lines.join('')}${shellWords(collect)}\n`;
}
