import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { helpLayout } from './help-layout.js';
import { commands } from './registry.js';

/**
 * The command line. Only the command that is asked for is loaded, so that help comes at once.
 *
 * @param args what follows the program's name.
 */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('antitransfer')
    .description('Trains speech networks to learn one thing and forget another.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists the options)')
    .configureHelp({ showGlobalOptions: false, ...helpLayout })
    .exitOverride();
  const asked = args.find((arg) => !arg.startsWith('-'));
  const named = asked === 'help' ? args[args.indexOf('help') + 1] : asked;
  for (const { name, summary, load } of commands) {
    const command = program.command(name).summary(summary).description(sentence(summary));
    if (name === named) (await load())(command);
  }
  program.addHelpText(
    'after',
    '\nStart with: antitransfer compare   (needs no data and takes a few minutes)',
  );
  return program;
}

function sentence(summary: string): string {
  return `${summary[0]?.toUpperCase()}${summary.slice(1)}.`;
}
