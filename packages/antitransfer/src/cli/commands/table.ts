import type { Command } from 'commander';
import { against as setAgainst } from '../../answers/joined/against.js';
import { joinedColumns, joinedMachineColumns } from '../../answers/joined/columns.js';
import { type JoinedTable, joinResults } from '../../answers/joined/join.js';
import { joinedLatex } from '../../answers/joined/latex.js';
import { joinedMarkdown } from '../../answers/joined/markdown.js';
import { joinedMeasures } from '../../answers/joined/measures.js';
import { withReported } from '../../answers/joined/reported.js';
import { joinedLegend } from '../../answers/joined/text.js';
import { csvTable } from '../../answers/tables/csv.js';
import { columnTables } from '../../answers/tables/terminal.js';
import { wrapped } from '../../answers/wrapped.js';
import { addExamples } from '../examples.js';
import { namedResults } from '../named-results.js';
import { printable } from '../printable.js';
import { terminalWidth } from '../terminal-width.js';
import { oneOf } from '../values.js';

const formats = ['text', 'markdown', 'csv', 'latex', 'json'] as const;

interface Flags {
  readonly measure: string;
  readonly task?: string;
  readonly against?: string;
  readonly format: (typeof formats)[number];
}

/** `antitransfer table RUNS…` */
export function defineTable(command: Command): void {
  command
    .description(
      'Joins finished comparisons in one table: a row a method, a column a comparison, the mean with its 95% interval. ' +
        'The best method is marked only where its difference from each other one is shown. What each method looks at ' +
        'is beside it: compare like with like. What a configuration says that others reported (reported) stands below the ' +
        'methods that it is about.',
    )
    .argument('<runs...>', 'folders that "antitransfer compare" wrote')
    .option(
      '--measure <name>',
      `what is shown (${joinedMeasures.names.join(', ')})`,
      oneOf(joinedMeasures.names),
      'accuracy',
    )
    .option(
      '--task <name>',
      'the orthogonal task that it is about, where there are several (default: the first)',
    )
    .option('--against <method>', 'what gains are over, by its id (default: the first method)')
    .option('--format <kind>', `how it is written (${formats.join(', ')})`, oneOf(formats), 'text')
    .action(run);
  addExamples(command, [
    ['table runs/demo runs/fsdd', 'the accuracy of every method in two comparisons'],
    ['table runs/* --measure worst-group --format markdown > groups.md', 'for a page'],
    ['table runs/fsdd --measure gain --against cdan-auxiliary', 'how far the others are from one method'],
    ['table runs/demo --measure gain --format csv > gains.csv', 'for a spreadsheet'],
  ]);
}

async function run(folders: readonly string[], { measure, task, against, format }: Flags): Promise<void> {
  const found = await namedResults(folders);
  const all = against === undefined ? found : setAgainst(found, against);
  const table = withReported(joinResults(all, joinedMeasures.find(measure), task), all);
  process.stdout.write(`${written(table, format)}\n`);
}

function written(table: JoinedTable, format: Flags['format']): string {
  switch (format) {
    case 'markdown':
      return joinedMarkdown(table);
    case 'latex':
      return joinedLatex(table);
    case 'csv':
      return csvTable(joinedMachineColumns(table), table.rows).trimEnd();
    case 'json': {
      const { measure, ...rest } = table;
      return JSON.stringify({ measure: measure.name, ...rest });
    }
    case 'text':
      return forTerminal(table);
  }
}

function forTerminal(table: JoinedTable): string {
  const width = terminalWidth();
  const columns = joinedColumns(table).map((column) => ({
    ...column,
    heading: cut(printable(column.heading)),
  }));
  const tables = columnTables(columns, table.rows, ({ label }) => printable(label), { width });
  const legend = joinedLegend(table).map((line) => wrapped(printable(line), width));
  return [tables.join('\n\n'), ...legend].join('\n');
}

/** As much of a comparison's name as a column has room for; the legend has all of it. */
function cut(name: string): string {
  return name.length <= NAME ? name : `${name.slice(0, NAME - 1)}…`;
}

const NAME = 20;
