import { isUserCaused } from 'antitransfer/runs';
import { Command } from 'commander';
import { defineStudio } from './command.js';

const program = new Command('antitransfer-studio');
defineStudio(program);
await program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof Error && isUserCaused(error))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
