import type { Command } from 'commander';

/** Ends a command's help with lines to be pasted, each with what it does. */
export function addExamples(
  command: Command,
  examples: readonly (readonly [line: string, what: string])[],
): void {
  const lines = examples.map(([line, what]) => `  # ${what}\n  $ antitransfer ${line}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
