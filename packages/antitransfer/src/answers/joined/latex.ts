import type { JoinedTable } from './join.js';
import { looksInWords } from './looks-text.js';
import { joinedLegend } from './text.js';

const acting: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '−': '$-$',
  '–': '--',
  '“': '``',
  '”': "''",
  '’': "'",
  '\n': ' ',
};

/** The table for LaTeX (package booktabs), the best of a comparison in bold, and what it means as comments. */
export function joinedLatex(table: JoinedTable): string {
  const { measure, runs, rows } = table;
  const heads = ['Method', 'Labels of', 'Validation', ...runs.map(({ name }) => name)];
  const lines = rows.map((row) => [
    ...[row.label, ...looksInWords(row)].map(escaped),
    ...row.cells.map((cell) => {
      if (cell === undefined) return '--';
      const text = escaped(measure.format(cell));
      return cell.best ? `\\textbf{${text}}` : text;
    }),
  ]);
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  const [what = '', , ...rest] = joinedLegend(table, 'Bold');
  return [
    ...[what, ...rest].map((text) => `% ${text.replaceAll('\n', ' ')}`),
    `\\begin{tabular}{lll${'r'.repeat(runs.length)}}`,
    '\\toprule',
    line(heads.map(escaped)),
    '\\midrule',
    ...lines.map(line),
    '\\bottomrule',
    '\\end{tabular}',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[\\~^−–“”’\n]|[&%$#_{}]/g, (found) => acting[found] ?? `\\${found}`);
}
