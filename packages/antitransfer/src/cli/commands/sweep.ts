import { join } from 'node:path';
import type { Command } from 'commander';
import { choiceSentences } from '../../answers/joined/choice-text.js';
import { chooseByValidation } from '../../answers/joined/choose.js';
import { joinResults, type NamedResults } from '../../answers/joined/join.js';
import { joinedMeasures } from '../../answers/joined/measures.js';
import { readResults } from '../../answers/results-file.js';
import { droppedSentence } from '../../answers/sweep/dropped.js';
import { sweepPage } from '../../answers/sweep/finished-cells.js';
import { wrapped } from '../../answers/wrapped.js';
import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { unionOfJobs } from '../../runs/carry-out-plans.js';
import { sharesOf } from '../../runs/config/execution.js';
import type { SweepCell } from '../../runs/config/sweep/cells.js';
import { choosesOnTheWay } from '../../runs/config/sweep/competitions.js';
import { selectCells } from '../../runs/config/sweep/select.js';
import { costsOf, modelBytes, totalOf } from '../../runs/estimate.js';
import { halveSoFar } from '../../runs/halving/halve.js';
import { lastingCells, mostJobs } from '../../runs/halving/projection.js';
import { devicesOf, surroundingsOf } from '../../runs/runners/runner-of.js';
import { storeAt } from '../../runs/store/store-at.js';
import { planSweep, type SweepOptions, type SweepResults, sweep } from '../../sweep.js';
import { addConfigFlags } from '../config-flags.js';
import { type ConfigFlags, sweepOf } from '../config-source.js';
import { addExamples } from '../examples.js';
import { addRunFlags, foldersOf, type RunFlags } from '../folders.js';
import { abortOnInterrupt } from '../interrupt.js';
import { type JobFormat, jobFormats } from '../print-jobs/lines.js';
import { collectWords, printedJobs, printJobsHelp, requireOneWay } from '../print-jobs/print-jobs.js';
import { printable } from '../printable.js';
import { ProgressLine } from '../progress-line.js';
import { addQueueFlags, jobsGoOn, type QueueFlags, queueRunnerOf } from '../queue-flags.js';
import { SweepProgress } from '../sweep-progress.js';
import {
  droppedTable,
  halvingSentences,
  planSentences,
  planTable,
  sweepLegend,
  sweepTable,
} from '../sweep-text.js';
import { terminalWidth } from '../terminal-width.js';
import { names, oneOf, type Shard, shard } from '../values.js';

type Flags = Omit<ConfigFlags, 'only' | 'shard' | keyof QueueFlags> &
  RunFlags &
  QueueFlags & {
    readonly plan?: boolean;
    readonly printJobs?: JobFormat;
    readonly only?: string[];
    readonly shard?: Shard;
    readonly measure: string;
    readonly json?: boolean;
  };

/** `antitransfer sweep FILE` */
export function defineSweep(command: Command): void {
  command
    .description(
      'Runs the comparisons that the key "sweep" of a configuration lists: each combination of its values is a cell with a ' +
        'folder and a report of its own. What cells share is trained once. What is done is kept: the same command continues, ' +
        'and a changed file adds what is new in it.',
    )
    .argument('<config>', 'a YAML file with the key "sweep"')
    .option('--data <path>', 'where the recordings are')
    .option(
      '--plan',
      'train nothing: tell what is to be trained, how long that takes here, and how large it is',
    )
    .option('--print-jobs <engine>', printJobsHelp, oneOf(jobFormats))
    .option(
      '--only <patterns>',
      'cells whose names fit one of these, with commas between; * is anything',
      names,
    )
    .option(
      '--shard <k/n>',
      'the k-th of n parts, for n machines: together they are all cells, and none is in two; see merge',
      shard,
    )
    .option(
      '--measure <name>',
      `what the table shows (${joinedMeasures.names.join(', ')})`,
      oneOf(joinedMeasures.names),
      'accuracy',
    )
    .option('--json', 'print JSON')
    .action(run);
  addRunFlags(command, 'runs/NAME, a folder a cell in it');
  addQueueFlags(command);
  addConfigFlags(command);
  addExamples(command, [
    ['sweep taps.yaml --plan', 'how many trainings, how many are there, how long, how large'],
    ['sweep taps.yaml', 'all of it; again after Ctrl-C, a crash or a change of the file'],
    ['sweep taps.yaml --only "tap-conv4*" --seeds 1', 'a look at some cells'],
    ['sweep taps.yaml --shard 1/2 --store runs/store-1', 'one of two machines'],
  ]);
}

async function run(path: string, flags: Flags): Promise<void> {
  const {
    plan,
    printJobs,
    only,
    shard: part,
    measure,
    json,
    queue,
    queueName,
    attempts,
    jobMemory,
    ...given
  } = flags;
  requireOneWay(flags);
  const { name, cells: all } = await sweepOf(path, given);
  const cells = selectCells(all, { ...(only && { only }), ...(part && { shard: part }) });
  const folders = foldersOf(given, name);
  const progress = new SweepProgress();
  const { execution } = itemAt(cells, 0).config;
  const runner = queueRunnerOf(flags, execution, folders, (note) => progress.onQueueNote(note));
  const signal = abortOnInterrupt(() => progress.stopping(runner && jobsGoOn));
  const options = { ...folders, ...(runner && { runner }), signal, observer: progress, all };
  const shown = { measure, json: json === true };
  try {
    if (printJobs !== undefined) await tellJobs(printJobs, name, cells, options);
    else if (plan) await tellPlan(cells, options, shown.json);
    else await tell(await sweep(cells, options), folders.folder, shown);
  } finally {
    progress.finish();
  }
}

async function tellJobs(
  format: JobFormat,
  name: string,
  cells: readonly SweepCell[],
  options: SweepOptions & { readonly observer: SweepProgress },
): Promise<void> {
  if (choosesOnTheWay(cells)) {
    throw new UserError(
      '--print-jobs: this sweep chooses between its cells while it runs ("sweep.halving"), so that nobody knows its jobs before. ' +
        'Let the workers of a queue train (--queue), or leave "halving" out.',
    );
  }
  const { jobs } = await planSweep(cells, options);
  options.observer.finish();
  const store = storeAt(options.store, options.cache);
  process.stdout.write(await printedJobs(format, { name, jobs, store, collect: collectWords() }));
}

async function tellPlan(
  cells: readonly SweepCell[],
  options: SweepOptions & { readonly signal: AbortSignal; readonly observer: SweepProgress },
  json: boolean,
): Promise<void> {
  const { store: folder, cache, signal, observer } = options;
  const planned = await planSweep(cells, options);
  observer.finish();
  const store = storeAt(folder, cache);
  const { execution } = itemAt(cells, 0).config;
  const { parallel } = sharesOf(execution, devicesOf(planned.jobs));
  const timing = new ProgressLine('Timing steps');
  const rungs = planned.cells.flatMap(({ rungPlans }) => rungPlans.map(({ plan }) => plan));
  const costs = await costsOf(unionOfJobs([{ jobs: planned.jobs }, ...rungs]), {
    surroundings: surroundingsOf(execution, store, cache, planned.jobs),
    signal,
    onProgress: (done, total) => timing.count({ done, total }),
  }).finally(() => timing.finish());
  const whole = totalOf(planned.jobs, costs, parallel);
  const halved = await halveSoFar(planned.contests, costs.records);
  const jobs = mostJobs(planned.cells, halved, (id) => costs.trainings.get(id)?.seconds ?? 0);
  const found = planned.contests.length === 0 ? whole : totalOf(jobs, costs, parallel);
  const gone = new Set(halved.dropped.map(({ name }) => name));
  const counts = planned.cells.map(({ name, plan }) => {
    const own = [...new Set([...plan.tasks, ...plan.methods].map(({ job }) => job))];
    const trainings = own.filter((id) => whole.isTraining.has(id));
    const done = trainings.filter((id) => whole.isDone.has(id)).length;
    return { name, trainings: trainings.length, done, ...(gone.has(name) && { dropped: true }) };
  });
  const models = await modelBytes(lastingCells(planned.cells, halved), store);
  if (json) {
    const { isTraining: _, isDone: __, ...estimated } = found;
    const halving = planned.contests.length > 0 && {
      halving: { trainings: whole.trainings.all, decided: halved.decided, dropped: halved.dropped },
    };
    process.stdout.write(
      `${JSON.stringify({ ...estimated, parallel, models, cells: counts, ...halving })}\n`,
    );
    return;
  }
  say([planTable(counts), '']);
  const budget = { most: found.trainings.all, full: whole.trainings.all };
  const sentences = [
    ...halvingSentences(planned.contests, halved, budget),
    ...planSentences(counts, found, { parallel, models, isHalved: planned.contests.length > 0 }),
  ];
  say(sentences.map((line) => wrapped(printable(line), terminalWidth(), '  ')));
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function tell(
  { finished, dropped, missing }: SweepResults,
  folder: string,
  { measure, json }: { readonly measure: string; readonly json: boolean },
): Promise<void> {
  const choice = chooseByValidation(finished);
  if (json) {
    const cells = finished.map(({ name, verdict, summaries }) => {
      return { name, folder: join(folder, name), verdict, summaries };
    });
    process.stdout.write(`${JSON.stringify({ folder, cells, dropped, missing, choice })}\n`);
    return;
  }
  if (finished.length === 0) throw new UserError(`No cell has results. What went wrong is said above.`);
  const width = terminalWidth();
  const shown = joinedMeasures.find(measure);
  const table = joinResults(shown.ofAnswers ? await whole(finished, folder) : finished, shown);
  const sentences = [
    sweepLegend(table),
    ...(choice === undefined ? [] : choiceSentences(choice)),
    ...(dropped.length === 0 ? [] : [droppedSentence(dropped)]),
    ...(missing.length === 0
      ? []
      : [
          `Not finished, of ${finished.length + dropped.length + missing.length} cells: ${missing.join(', ')}.`,
        ]),
    `Open ${sweepPage(folder)}`,
  ];
  const gone = dropped.length === 0 ? [] : [droppedTable(dropped, width), ''];
  say([
    '',
    sweepTable(table, width),
    '',
    ...gone,
    ...sentences.map((line) => wrapped(printable(line), width, '  ')),
  ]);
}

/** The same with every answer: of many cells it is much, and so it is read where it is looked at only. */
async function whole(finished: SweepResults['finished'], folder: string): Promise<NamedResults[]> {
  const all: NamedResults[] = [];
  for (const { name } of finished) all.push({ name, results: await readResults(join(folder, name)) });
  return all;
}
