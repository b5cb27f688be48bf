import Table from 'cli-table3';
import picocolors from 'picocolors';
import { formatInterval, formatP, formatPoints, formatShare, formatShares, formatUnit } from '../format.js';
import type { MethodSummary } from '../summary.js';

export interface SummaryTableOptions {
  /** Emphasise with colour; by default where the terminal shows it and NO_COLOR is not set. */
  readonly colour?: boolean;
}

interface Column {
  readonly head: string;
  /** Characters, with the space before it. */
  readonly width: number;
  readonly cell: (summary: MethodSummary) => string;
}

type Colours = ReturnType<typeof picocolors.createColors>;

/** Characters that the table may take. */
const WIDTH = 100;

/** The summary of a comparison as a table for the terminal, at most 100 columns wide. Ends without a line break. */
export function summaryTable(summaries: readonly MethodSummary[], options: SummaryTableOptions = {}): string {
  const colours = picocolors.createColors(options.colour ?? picocolors.isColorSupported);
  const confounded = summaries.some((summary) => summary.contradicting);
  const columns = numberColumns(colours).filter(({ head }) => confounded || head !== CONTRADICTING);
  const taken = columns.reduce((sum, { width }) => sum + width, 0);
  const longest = Math.max(...summaries.map(({ method }) => method.label.length), 'Method'.length);
  const table = new Table({
    chars: RULES,
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 0 },
    colWidths: [Math.min(longest + 1, WIDTH - taken), ...columns.map(({ width }) => width)],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
    wordWrap: true,
    head: ['\nMethod', ...columns.map(({ head }) => head)],
  });
  for (const summary of summaries) {
    table.push([summary.method.label, ...columns.map(({ cell }) => cell(summary))]);
  }
  const lines = table.toString().split('\n');
  // The library draws a rule below every row or below none; one below the head is enough.
  lines.splice(1 + HEAD_LINES, 0, lines[0]!);
  return lines.map((line) => line.trimEnd()).join('\n');
}

const CONTRADICTING = 'Contra-\ndict. %';
const HEAD_LINES = 2;

function numberColumns(colours: Colours): Column[] {
  return [
    { head: '\nRuns', width: 5, cell: ({ n }) => String(n) },
    { head: 'Accuracy\n%', width: 11, cell: ({ accuracy }) => formatShares(accuracy) },
    { head: 'Macro-F1\n%', width: 11, cell: ({ macroF1 }) => formatShares(macroF1) },
    { head: 'Gain, points\n[95% CI]', width: 21, cell: (summary) => gain(summary, colours) },
    { head: 'p\n(Holm)', width: 8, cell: ({ reference, pHolm }) => (reference ? '' : formatP(pHolm)) },
    { head: CONTRADICTING, width: 8, cell: ({ contradicting }) => formatShare(contradicting?.mean) },
    { head: '\nCKA', width: 6, cell: ({ cka }) => formatUnit(cka.mean) },
    { head: 'Probe\n%', width: 7, cell: ({ probe }) => formatShare(probe.accuracy.mean) },
  ];
}

/** Significant gains are green, losses red. */
function gain({ reference, gain: difference, pHolm }: MethodSummary, colours: Colours): string {
  if (reference) return '';
  const text = `${formatPoints(difference?.mean)} ${formatInterval(difference)}`.trim();
  if (!difference || pHolm === undefined || pHolm >= 0.05) return text;
  return difference.mean > 0 ? colours.green(text) : colours.red(text);
}

/** A rule at either end, no lines between cells. */
const RULES = {
  top: '─',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '─',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
