import { CommanderError } from 'commander';
import { isUserCaused } from '../runs/jobs/user-caused.js';
import { exitCodes } from './exit-codes.js';
import { buildProgram } from './program.js';

/** Ends the process with a message, not a stack trace, when the user can mend what is wrong. */
function fail(error: unknown): void {
  process.exitCode = codeOf(error);
  // Commander has said it already, and nobody needs to be told that they pressed Ctrl-C.
  if (error instanceof CommanderError || process.exitCode === exitCodes.interrupted) return;
  const { message, stack } = error as Error;
  const isBug = process.exitCode === exitCodes.bug;
  process.stderr.write(
    isBug ? `This is a bug in antitransfer, please report it:\n${stack}\n` : `${message}\n`,
  );
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
  if (isUserCaused(error)) return exitCodes.refused;
  if (!(error instanceof Error)) return exitCodes.bug;
  if (error.name === 'AbortError') return exitCodes.interrupted;
  // The system refused: a folder that must not be written, a full disk.
  const bySystem = 'syscall' in error && 'path' in error;
  return bySystem ? exitCodes.refused : exitCodes.bug;
}

// Standard output that is closed early, as by `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
});

const program = await buildProgram(process.argv.slice(2));
await program.parseAsync(process.argv).catch(fail);
