import { shellWords } from 'antitransfer/runs';

/** A command as it is typed on this machine. */
export function typed(words: readonly string[]): string {
  if (process.platform !== 'win32') return shellWords(words);
  return words.map((word) => (/^[\w.:/\\-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}
