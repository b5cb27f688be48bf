import { type ParseEntry, parse } from 'shell-quote';

/** A program and what it is given, with what sets its environment left out. */
export interface ShellCommand {
  readonly program: string;
  readonly args: readonly string[];
}

const isOperator = (entry: ParseEntry): entry is { op: Exclude<string, 'glob'> } & ParseEntry =>
  typeof entry === 'object' && 'op' in entry && entry.op !== 'glob';

/** What a word is for a command: patterns and brackets for optional words are themselves. */
function wordOf(entry: ParseEntry): string | undefined {
  if (typeof entry === 'string') return entry;
  return 'op' in entry && entry.op === 'glob' ? entry.pattern : undefined;
}

/**
 * The commands of a block of shell: each between `&&`, `|` and ends of lines, without comments, redirections and texts that are
 * fed (`<<'END'`). `[--flag VALUE]`, a flag that may be left out, is read as given.
 */
export function shellCommands(block: string): ShellCommand[] {
  const lines = block
    .replaceAll(/<<'?(\w+)'?\n.*?^\1$/gms, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replaceAll(/(^|\s)\[(--[^\]]+)\]/g, '$1$2'));
  return lines.flatMap((line) => {
    const commands: string[][] = [[]];
    let redirected = false;
    for (const entry of parse(line, (name) => `$${name}`)) {
      if (isOperator(entry)) {
        const { op } = entry as { op: string };
        redirected = /[<>]/.test(op);
        if (!redirected) commands.push([]);
        continue;
      }
      const word = wordOf(entry);
      if (word !== undefined && !redirected) commands.at(-1)?.push(word);
      redirected = false;
    }
    return commands.flatMap((words) => {
      const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
      const program = words[first];
      return program === undefined ? [] : [{ program, args: words.slice(first + 1) }];
    });
  });
}
