import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Figure } from '../../answers/figures/figure.js';
import { pdfOf, pngOf } from '../../answers/figures/print.js';
import { figureSvg } from '../../answers/figures/svg.js';
import type { NamedResults } from '../../answers/joined/join.js';
import { joinedMeasures } from '../../answers/joined/measures.js';
import { joinedContents } from '../../answers/joined/report/contents.js';
import { joinedFigures } from '../../answers/joined/report/figures.js';
import { renderJoinedReport } from '../../answers/joined/report/page.js';
import { wrapped } from '../../answers/wrapped.js';
import { writeWhole } from '../../files/write-whole.js';
import { addExamples } from '../examples.js';
import { namedResults } from '../named-results.js';
import { printable } from '../printable.js';
import { requireOwn } from '../require-own.js';
import { terminalWidth } from '../terminal-width.js';
import { names, oneOf, wholeNumber } from '../values.js';

const formats = ['svg', 'png', 'pdf'] as const;

type Format = (typeof formats)[number];

interface Flags {
  readonly output: string;
  readonly measures?: readonly string[];
  readonly task?: string;
  readonly figures?: string;
  readonly format: readonly Format[];
  readonly width: number;
}

/** `antitransfer report RUNS…` */
export function defineReport(command: Command): void {
  command
    .description(
      'Joins finished comparisons in one page that stands by itself: what each found, the accuracy of every method as bars, ' +
        'gains by the tap where methods or comparisons differ in nothing else, a table a measure, losses over the epochs.',
    )
    .argument('<runs...>', 'folders that "antitransfer compare" wrote')
    .option('--output <file>', 'the page; an earlier page there is replaced', 'comparisons.html')
    .option(
      '--measures <names>',
      `what tables are of, with commas between, the first open (default: all that was measured; ${joinedMeasures.names.join(', ')})`,
      measuresOf,
    )
    .option(
      '--task <name>',
      'the orthogonal task that measures are about, where there are several (default: the first)',
    )
    .option(
      '--figures <folder>',
      'leave each figure as a file in this folder, too; what was there is replaced',
    )
    .option('--format <kinds>', `of these files, with commas between (${formats.join(', ')})`, formatsOf, [
      'svg',
    ])
    .option('--width <pixels>', 'of the charts in these files', wholeNumber(320), 960)
    .action(run);
  addExamples(command, [
    ['report runs/demo runs/fsdd', 'two comparisons in comparisons.html'],
    ['report runs/* --figures figures --format svg,pdf', 'figures for a paper or a talk'],
    ['report runs/* --measures worst-group,gap --output groups.html', 'with tables of groups only'],
  ]);
}

function measuresOf(text: string): readonly string[] {
  return names(text).map(oneOf(joinedMeasures.names));
}

function formatsOf(text: string): readonly Format[] {
  return names(text).map(oneOf(formats));
}

async function run(
  folders: readonly string[],
  { output, measures, task, figures, format, width }: Flags,
): Promise<void> {
  await requireOwn('--output', output, '<!doctype html>');
  const all = await namedResults(folders);
  const page = renderJoinedReport(all, {
    task,
    ...(measures && { measures: measures.map((name) => joinedMeasures.find(name)) }),
  });
  await writeWhole(resolve(output), page);
  if (figures !== undefined) await writeFigures(all, resolve(figures), format, width);
  process.stdout.write(`${wrapped(`Open ${printable(resolve(output))}`, terminalWidth())}\n`);
}

async function writeFigures(
  all: readonly NamedResults[],
  folder: string,
  kinds: readonly Format[],
  width: number,
): Promise<void> {
  const { bars, layerwise, losses } = joinedFigures(joinedContents(all));
  for (const figure of [...bars, ...layerwise, ...losses]) {
    for (const format of kinds) {
      const path = join(folder, `${figure.id}.${format}`);
      await writeWhole(path, await fileOf(figure, format, width));
      process.stdout.write(`${printable(path)}\n`);
    }
  }
}

async function fileOf(figure: Figure, format: Format, width: number): Promise<string | Uint8Array> {
  const svg = figureSvg(figure, width);
  switch (format) {
    case 'svg':
      return svg;
    case 'png':
      return pngOf(svg);
    case 'pdf':
      return pdfOf(svg);
  }
}
