import type { Help } from 'commander';

/** Characters that terms of a help have at most in the column before descriptions; longer ones have a line of their own. */
const TERM = 26;
const INDENT = 2;
/** Between a term and its description. */
const GAP = 2;
/** Characters that a help has where nobody tells the terminal's. */
const WIDTH = 80;

/**
 * Terms and descriptions in two columns, however long a term is: the library makes the first column as wide as the longest
 * term, and then breaks no description where less than half a line is left for it, which the keys of a configuration do.
 */
export const helpLayout: Partial<Help> = {
  formatItem(term: string, termWidth: number, description: string, helper: Help): string {
    const column = Math.min(termWidth, TERM);
    const start = ' '.repeat(INDENT);
    if (description === '') return start + term;
    const indent = ' '.repeat(INDENT + column + GAP);
    const width = Math.max(helper.minWidthToWrap, (helper.helpWidth ?? WIDTH) - indent.length);
    const text = helper.boxWrap(description, width).replaceAll('\n', `\n${indent}`);
    const isLong = helper.displayWidth(term) > column;
    return start + (isLong ? `${term}\n${indent}` : term.padEnd(column + GAP)) + text;
  },
};
