import { figureKeys } from '../../figures/figure.js';
import { formatShare } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { documentOf } from '../../page/document.js';
import { figureOf } from '../../page/sections/figure.js';
import { plural, section } from '../../page/sections/page.js';
import { selectionInWords, selectionOf } from '../../selection.js';
import { summarise } from '../../summary.js';
import { judge } from '../../verdict/verdict.js';
import { type JoinedTable, joinResults, type NamedResults } from '../join.js';
import { type JoinedMeasure, joinedMeasures } from '../measures.js';
import { withReported } from '../reported.js';
import { type JoinedContents, joinedContents } from './contents.js';
import { type JoinedFigures, joinedFigures } from './figures.js';
import { layerwiseSection } from './layerwise-section.js';
import { measureTable } from './measure-table.js';
import { wholeFigure } from './whole-figure.js';

/** What a report of several comparisons shows. */
export interface JoinedReportOptions {
  /** What tables are of, in this order: the first is open. All that was measured when absent. */
  readonly measures?: readonly JoinedMeasure[];
  /** An orthogonal task by name, for measures that are about one; each comparison's first when absent. */
  readonly task?: string | undefined;
}

/**
 * Several finished comparisons as one page that stands by itself: their verdicts, bars of every method, gains by the tap, a table
 * a measure, losses over the epochs. The same results always give the same page.
 *
 * @throws UserError when no comparison has the task, or runs cannot be paired
 */
export function renderJoinedReport(all: readonly NamedResults[], options: JoinedReportOptions = {}): string {
  const tables = tablesOf(all, options);
  const contents = joinedContents(all);
  const figures = joinedFigures(contents);
  return documentOf(
    all.map(({ name }) => name).join(', '),
    html`${headline(all, contents)}
${barsSection(figures)}
${layerwiseSection(contents.layerwise, figures.layerwise)}
${tablesSection(tables)}
${lossesSection(figures)}`,
  );
}

/** One a measure; those of which no comparison has anything are left out, unless they were asked for. */
function tablesOf(all: readonly NamedResults[], { measures, task }: JoinedReportOptions): JoinedTable[] {
  if (measures !== undefined)
    return measures.map((measure) => withReported(joinResults(all, measure, task), all));
  return joinedMeasures.members
    .map((measure) => withReported(joinResults(all, measure, task), all))
    .filter(({ rows }) => rows.some(({ cells }) => cells.some((cell) => cell !== undefined)));
}

function headline(all: readonly NamedResults[], { methods }: JoinedContents): Markup {
  return html`<header>
<p class="kicker"><b>${all.map(({ name }) => name).join(', ')}</b></p>
<h1 class="verdict">${plural(methods.length, 'method')} in ${plural(all.length, 'comparison')}</h1>
<dl class="list">${all.map(({ name, results }) => {
    const { target, tasks, split, repetitions } = results;
    const selected = selectionInWords(selectionOf(results));
    const soFar = repetitions.done < repetitions.asked && ` of ${repetitions.asked} so far`;
    return html`<div><dt>${name}</dt><dd>${judge(results, summarise(results)).sentence}
<small>${target.column}, not ${tasks.map((task) => task.name).join(', ')}; ${split.description}; ${selected && `${selected}; `}${plural(repetitions.done, 'repetition')}${soFar}; ${formatShare(target.chance)}% by chance.</small></dd></div>`;
  })}</dl>
</header>
`;
}

function barsSection({ bars }: JoinedFigures): Markup | false {
  return (
    bars.length > 0 &&
    section(
      'bars',
      'Accuracy',
      html`Accuracy on test clips, the mean over seeds and folds with its 95% confidence interval. Of methods that differ in the tap only, the one is shown that was best on validation clips. Intervals of two methods of one comparison may overlap where their paired difference is clear: the tables below mark which method is better.`,
      html`${bars.map(wholeFigure)}`,
    )
  );
}

function tablesSection(tables: readonly JoinedTable[]): Markup | false {
  const [first, ...others] = tables;
  if (first === undefined) return false;
  return section(
    'tables',
    'All methods',
    html`Every method in every comparison, by the method’s name: mean and 95% confidence interval over seeds and folds (over splits, where seeds share them). Below each name stands of which clips the method knows orthogonal labels, itself, through a network that learned from them, or through a method that it starts from or corrects (“differs” where that is not the same in all comparisons: each is told of below the table): compare like with like. Intervals are not corrected for the number of methods.`,
    html`<h3>${headingOf(first)}</h3>
${measureTable(first)}
${others.map(
  (table) => html`<details><summary>${headingOf(table)}</summary><div>${measureTable(table)}</div></details>
`,
)}`,
  );
}

function headingOf({ measure: { name, description } }: JoinedTable): Markup {
  return html`${name} <small>${description}</small>`;
}

function lossesSection({ losses }: JoinedFigures): Markup | false {
  return (
    losses.length > 0 &&
    section(
      'losses',
      'Losses',
      html`Cross-entropy over the epochs, without penalties: means over runs, with bands of their 95% confidence interval where there are three runs or more. Of methods that differ in the tap only, the one is shown that was best on validation clips.`,
      html`${losses.map(
        ({ id, title, keys, panels }) => html`<h3>${title.replace(/^.*?: /, '')}</h3>
${figureKeys(keys)}
<div class="grid">${panels.map((panel, i) => figureOf(`${id}-${i + 1}`, panel.title, html`${panel.draw(PANEL)}`))}</div>
`,
      )}`,
    )
  );
}

/** Width of a panel among others, pixels. */
const PANEL = 300;
