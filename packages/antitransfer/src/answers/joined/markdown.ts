import type { JoinedTable } from './join.js';
import { looksInWords } from './looks-text.js';
import { joinedLegend } from './text.js';

/** The table in Markdown, the best of a comparison in bold, and below it what it means. */
export function joinedMarkdown(table: JoinedTable): string {
  const { measure, runs, rows } = table;
  const heads = ['method', 'orthogonal labels of', 'validation labels', ...runs.map(({ name }) => name)];
  const lines = rows.map((row) => [
    row.label,
    ...looksInWords(row),
    ...row.cells.map((cell) => {
      if (cell === undefined) return '–';
      const text = measure.format(cell);
      return cell.best ? `**${text}**` : text;
    }),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `| ${heads.map((_, i) => (i < 3 ? '---' : '---:')).join(' | ')} |`;
  const [what = '', , ...rest] = joinedLegend(table, 'Bold');
  const legend = [what, ...rest].map((text) => `- ${escaped(text)}`);
  return [line(heads), rule, ...lines.map(line), '', ...legend].join('\n');
}

/** What acts in a cell of Markdown, in a label of a user's, does not. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}
