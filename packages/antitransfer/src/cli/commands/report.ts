import { resolve } from 'node:path';
import type { Command } from 'commander';
import { joinedMeasures } from '../../answers/joined/measures.js';
import { renderJoinedReport } from '../../answers/joined/report/page.js';
import { wrapped } from '../../answers/wrapped.js';
import { writeWhole } from '../../files/write-whole.js';
import { addExamples } from '../examples.js';
import { namedResults } from '../named-results.js';
import { printable } from '../printable.js';
import { terminalWidth } from '../terminal-width.js';
import { names, oneOf } from '../values.js';

interface Flags {
  readonly output: string;
  readonly measures?: readonly string[];
  readonly task?: string;
}

/** `antitransfer report RUNS…` */
export function defineReport(command: Command): void {
  command
    .description(
      'Joins finished comparisons in one page that stands by itself: what each found, the accuracy of every method as bars, ' +
        'gains by the tap where methods or comparisons differ in nothing else, a table a measure, losses over the epochs.',
    )
    .argument('<runs...>', 'folders that "antitransfer compare" wrote')
    .option('--output <file>', 'the page; what was there is replaced', 'comparisons.html')
    .option(
      '--measures <names>',
      `what tables are of, with commas between, the first open (default: all that was measured; ${joinedMeasures.names.join(', ')})`,
      measuresOf,
    )
    .option(
      '--task <name>',
      'the orthogonal task that measures are about, where there are several (default: the first)',
    )
    .action(run);
  addExamples(command, [
    ['report runs/demo runs/fsdd', 'two comparisons in comparisons.html'],
    ['report runs/* --measures worst-group,gap --output groups.html', 'with tables of groups only'],
  ]);
}

function measuresOf(text: string): readonly string[] {
  return names(text).map(oneOf(joinedMeasures.names));
}

async function run(folders: readonly string[], { output, measures, task }: Flags): Promise<void> {
  const all = await namedResults(folders);
  const page = renderJoinedReport(all, {
    task,
    ...(measures && { measures: measures.map((name) => joinedMeasures.find(name)) }),
  });
  await writeWhole(resolve(output), page);
  process.stdout.write(`${wrapped(`Open ${printable(resolve(output))}`, terminalWidth())}\n`);
}
