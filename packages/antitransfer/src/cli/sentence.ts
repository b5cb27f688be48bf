import { wrapped } from '../answers/wrapped.js';
import { printable } from './printable.js';
import { terminalWidth } from './terminal-width.js';

/** A sentence as it stands on a terminal: nothing in it acts there, and it is broken between words where the line ends. */
export function sentence(text: string, stream?: Partial<Pick<NodeJS.WriteStream, 'columns'>>): string {
  return wrapped(printable(text), terminalWidth(stream), '  ');
}
