import { CommanderError } from 'commander';
import { isUserCaused } from '../runs/jobs/user-caused.js';
import { exitCodes } from './exit-codes.js';
import { printableLines } from './printable.js';
import { buildProgram } from './program.js';
import { systemRefusal } from './system-refusal.js';

/** Ends the process with a message, not a stack trace, when the user can mend what is wrong. */
function fail(error: unknown): void {
  process.exitCode = codeOf(error);
  // Commander has said it already, and nobody needs to be told that they pressed Ctrl-C.
  if (error instanceof CommanderError || process.exitCode === exitCodes.interrupted) return;
  process.stderr.write(`${printableLines(messageOf(error))}\n`);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `This is a bug in antitransfer, please report it:\n${String(error)}`;
  if (isUserCaused(error)) return error.message;
  return systemRefusal(error) ?? `This is a bug in antitransfer, please report it:\n${error.stack}`;
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.refused;
  if (isUserCaused(error)) return exitCodes.refused;
  if (error instanceof Error && error.name === 'AbortError') return exitCodes.interrupted;
  return systemRefusal(error) === undefined ? exitCodes.bug : exitCodes.refused;
}

// Standard output that is closed early, as by `| head`, is no error; any other answer that is lost is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  process.stderr.write(`The output could not be written: ${systemRefusal(error) ?? error.message}\n`);
  process.exit(exitCodes.refused);
});

// Where progress and problems cannot be told, the results and the exit code still can.
process.stderr.on('error', () => undefined);

const program = await buildProgram(process.argv.slice(2));
await program.parseAsync(process.argv).catch(fail);
