import type { Command } from 'commander';
import { formatDuration } from '../../answers/format.js';
import type { MethodDescription } from '../../answers/results.js';
import { summarise } from '../../answers/summary.js';
import { summaryTable } from '../../answers/tables/terminal.js';
import { judge } from '../../answers/verdict/verdict.js';
import { wrapped } from '../../answers/wrapped.js';
import { compare } from '../../compare.js';
import type { DataAccount } from '../../data/account/account.js';
import { accountLines, classRows } from '../../data/account/text.js';
import type { Config } from '../../runs/config/schema.js';
import { paths } from '../../runs/folder/paths.js';
import { dryRun, type PreparationObserver, planOnly } from '../../runs/plan-experiment.js';
import { CompareProgress } from '../compare-progress.js';
import { addConfigFlags } from '../config-flags.js';
import { type ConfigFlags, configOf, sizeOfDemo } from '../config-source.js';
import { addExamples } from '../examples.js';
import { addRunFlags, foldersOf, type RunFlags } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { plainTable } from '../plain-table.js';
import { type JobFormat, jobFormats } from '../print-jobs/lines.js';
import { collectWords, printedJobs, printJobsHelp, requireOneWay } from '../print-jobs/print-jobs.js';
import { printable } from '../printable.js';
import { addQueueFlags, jobsGoOn, type QueueFlags, queueRunnerOf } from '../queue-flags.js';
import { terminalWidth } from '../terminal-width.js';
import { oneOf } from '../values.js';

type Flags = Omit<ConfigFlags, keyof QueueFlags> &
  RunFlags &
  QueueFlags & { readonly json?: boolean; readonly dryRun?: boolean; readonly printJobs?: JobFormat };

/** `antitransfer compare [CONFIG]` */
export function defineCompare(command: Command): void {
  command
    .argument('[config]', 'a YAML file; without one, a demo on synthetic voices that needs no data')
    .option('--data <path>', 'where the recordings are; without a configuration: the FSDD corpus')
    .option('--json', 'print the summary as JSON instead of a table')
    .option(
      '--dry-run',
      'stop before training: show what is found, left out, cut and kept together, and the splits by class',
    )
    .option('--print-jobs <engine>', printJobsHelp, oneOf(jobFormats))
    .action(run);
  const demo = sizeOfDemo();
  addRunFlags(command, 'runs/NAME');
  addQueueFlags(command);
  addConfigFlags(command);
  addExamples(command, [
    [
      'compare',
      `the demo: ${demo.methods} methods with ${demo.seeds} seeds each on synthetic voices, a few minutes`,
    ],
    ['compare --seeds 1 --output runs/quick', 'the same with one seed'],
    ['compare my.yaml --training.epochs 10', 'your own configuration, with one key changed'],
  ]);
}

async function run(path: string | undefined, given: Flags): Promise<void> {
  const { queue, queueName, attempts, jobMemory, ...flags } = given;
  requireOneWay(given);
  const config = await configOf(path, flags);
  const folders = foldersOf(flags, config.experiment.name);
  const progress = new CompareProgress();
  const onNote = (note: string) => progress.onNote(note);
  const runner = queueRunnerOf(given, config.execution, folders, onNote);
  const signal = abortOnInterrupt(() => progress.stopping(runner && jobsGoOn));
  const width = terminalWidth();
  const say = (text: string, indent = '') =>
    process.stdout.write(`${wrapped(printable(text), width, indent)}\n`);
  try {
    const observer: PreparationObserver = {
      onNote,
      onPhase: (phase) => progress.onPhase(phase),
      onProgress: (done, total) => progress.onProgress(done, total),
    };
    if (flags.printJobs !== undefined) {
      const { plan, store } = await planOnly(config, { ...folders, signal, observer });
      progress.finish();
      const { name } = config.experiment;
      const planned = { name, jobs: plan.jobs, store, collect: collectWords() };
      process.stdout.write(await printedJobs(flags.printJobs, planned));
      return;
    }
    if (flags.dryRun) {
      // What is found is the answer here, and goes where answers go: not to the observer.
      const account = await dryRun(config, { ...folders, signal, observer });
      progress.finish();
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(account)}\n`);
        return;
      }
      for (const line of accountLines(account)) say(line, '  ');
      process.stdout.write(`\n${classTable(account, config)}\n`);
      return;
    }
    const results = await compare(config, {
      ...folders,
      ...(runner && { runner }),
      signal,
      observer: progress,
    });
    progress.finish();
    const summaries = summarise(results);
    const verdict = judge(results, summaries);
    if (flags.json) {
      process.stdout.write(`${JSON.stringify({ verdict, summaries, seconds: results.seconds })}\n`);
      return;
    }
    const shown = summaries.map((summary) => ({ ...summary, method: shownMethod(summary.method) }));
    process.stdout.write(`\n${summaryTable(results, shown, { width })}\n\n`);
    say(verdict.sentence);
    for (const reason of verdict.reasons) say(`  - ${reason}`, '    ');
    process.stdout.write('\n');
    say(`In ${formatDuration(results.seconds)}. Open ${paths.report(folders.folder)}`);
  } finally {
    progress.finish();
  }
}

/** Clips of each class on each side; a range where seeds differ. */
function classTable(account: DataAccount, { experiment }: Config): string {
  const sides = ['train', 'validation', 'test'] as const;
  return plainTable(
    [{ head: experiment.target }, ...sides.map((head) => ({ head, align: 'right' as const }))],
    classRows(account).map((row) => [row.label, ...sides.map((side) => row[side])]),
  );
}

/** What a user calls a method must not act on the terminal. */
function shownMethod(method: MethodDescription): MethodDescription {
  return { ...method, label: printable(method.label) };
}
