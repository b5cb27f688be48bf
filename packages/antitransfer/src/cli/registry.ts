import type { Command } from 'commander';

/** Adds a command's arguments, options and action. */
export type DefineCommand = (command: Command) => void;

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

/** The commands in the order of the help, each in a file of its own. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'compare',
    summary: 'compare ways to forget: train, test, report',
    load: async () => (await import('./commands/compare.js')).defineCompare,
  },
];
