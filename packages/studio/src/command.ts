import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from 'antitransfer/runs';
import type { Command } from 'commander';
import { exportPage } from './export/export-page.js';
import { startStudio } from './server/start.js';

interface Flags {
  readonly port?: number;
  readonly keep?: string;
  readonly cache?: string;
  readonly export?: string;
  readonly sounds?: boolean;
}

/** `antitransfer studio [FOLDER…]` */
export function defineStudio(command: Command): void {
  command
    .description(
      'Opens a page on this machine that shows comparisons while they run and after: how far each training is, what was found, ' +
        'what networks get wrong, to see and to hear. It reads what "compare" and "sweep" leave and writes nothing but what --keep asks for.',
    )
    .argument('[folders...]', 'in which comparisons are looked for (default: "runs")')
    .option(
      '--port <number>',
      'on which it listens, at 127.0.0.1 only (default: any that is free)',
      portNumber,
    )
    .option(
      '--keep <folder>',
      'where recordings are kept that are spoken on the page and labelled there, with a table that "evaluate" reads (default: none are)',
    )
    .option(
      '--export <file>',
      'writes the pages of one comparison into one HTML file, which opens without the studio, and ends',
    )
    .option(
      '--sounds',
      'with --export: the sound of every test clip, too, and what networks were given of it (64 MB at most; its size is said first)',
    )
    .option('--cache <folder>', 'what any machine can make again (default: as of the other commands)')
    .action(run);
}

async function run(
  given: readonly string[],
  { port, keep, cache, export: file, sounds }: Flags,
): Promise<void> {
  const folders = given.length === 0 ? ['runs'] : given;
  if (file !== undefined) {
    if (port !== undefined)
      throw new UserError('--export writes a file and serves nothing: leave out --port.');
    if (keep !== undefined)
      throw new UserError('--export writes a file that nobody can speak to: leave out --keep.');
    const onSounds = (words: string) => process.stderr.write(`${words}\n`);
    await exportPage(file, { folders, cache, sounds, onSounds });
    process.stdout.write(`${file}\n`);
    return;
  }
  if (sounds) throw new UserError('--sounds is about a file that is written: give --export FILE, too.');
  const studio = await startStudio({
    folders,
    ...(port !== undefined && { port }),
    ...(keep !== undefined && { keep }),
    ...(cache !== undefined && { cache }),
  });
  process.stdout.write(`${studio.url}\nCtrl-C ends it; nothing is lost.\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await Promise.race([studio.close(), wait(2000)]);
  // A page may hold on to its connection.
  process.exit();
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UserError(`--port ${text} is no port: a whole number from 1 to 65535 is.`);
}
