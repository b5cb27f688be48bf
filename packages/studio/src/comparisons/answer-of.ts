import type { Column, ComparisonResults, MethodSummary, Verdict } from 'antitransfer/answers';
import { comparisonFacts, judge, methodColumns, stripFigures, summarise } from 'antitransfer/answers';
import type { AnswerView, TableView } from '../views/answer.js';

/** What follows from results, as the report has it. */
export function answerOf(results: ComparisonResults): AnswerView {
  const summaries = summarise(results);
  const verdict = judge(results, summaries);
  const columns = methodColumns(results, summaries);
  const table = (title: string, about: string | undefined): TableView =>
    tableOf(
      title,
      columns.filter((column) => column.about === about),
      summaries,
      verdict,
    );
  return {
    createdAt: results.createdAt,
    done: results.repetitions.done,
    asked: results.repetitions.asked,
    chance: results.target.chance,
    verdict,
    facts: comparisonFacts(results),
    tables: [
      table('Accuracy and gain', undefined),
      ...results.tasks.map(({ name }) => table(`What is left of the ${name}`, name)),
    ],
    strips: stripFigures(results, summaries),
  };
}

function tableOf(
  title: string,
  columns: readonly Column<MethodSummary>[],
  summaries: readonly MethodSummary[],
  verdict: Verdict,
): TableView {
  return {
    title,
    columns: columns.map(({ id, heading, unit }) => ({ id, heading, unit })),
    rows: summaries.map((summary) => ({
      method: summary.method.id,
      label: summary.method.label,
      role: summary.reference ? 'reference' : summary.method.control ? 'control' : '',
      best: verdict.method === summary.method.id,
      cells: columns.map(({ format }) => format(summary)),
    })),
  };
}
