import { UserError } from '../errors.js';
import { buildProgram } from './program.js';

/** Ends the process with a message, not a stack trace, when the user can mend what is wrong. */
function fail(error: unknown): void {
  const aborted = error instanceof Error && error.name === 'AbortError';
  if (error instanceof UserError) process.stderr.write(`${error.message}\n`);
  else if (!aborted)
    process.stderr.write(`This is a bug in antitransfer, please report it:\n${(error as Error).stack}\n`);
  process.exitCode = aborted ? 130 : error instanceof UserError ? 2 : 70;
}

// Standard output that is closed early, as by `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const program = await buildProgram(process.argv.slice(2));
await program.parseAsync(process.argv).catch(fail);
