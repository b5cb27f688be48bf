import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { leftOutParts } from '../../data/account/text.js';
import { manifestCsv, manifestFromNames, type PatternManifest } from '../../data/corpora/pattern-manifest.js';
import { UserError } from '../../errors.js';
import { writeWhole } from '../../files/write-whole.js';
import { naturalOrder } from '../../numbers/order.js';
import { plainTable } from '../plain-table.js';
import { printable } from '../printable.js';
import { requireAbsent } from '../require-absent.js';

interface Flags {
  readonly pattern: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Files that are listed one by one. */
const LISTED = 20;

export const manifestExample = [
  'data manifest recordings --pattern "{word}/{speaker}_{take}.wav"',
  'a table of clips from the names of their files',
] as const;

/** `antitransfer data manifest FOLDER --pattern PATTERN` */
export function defineManifest(parent: Command): Command {
  return parent
    .command('manifest')
    .description(
      'Writes a table of clips whose label columns are parts of the names of sound files and of their folders.',
    )
    .argument('<folder>', 'a folder of recordings')
    .requiredOption(
      '--pattern <pattern>',
      'paths below the folder, with named parts: {speaker}_{take}_{word}.wav; {} is a part that is no label, ' +
        '{emotion:ANG|HAP} one of these, {speaker:2} two characters',
    )
    .option('--output <file>', 'where to (default: manifest.csv in the folder)')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print JSON')
    .action(runManifest);
}

async function runManifest(folder: string, { pattern, output, force, json }: Flags): Promise<void> {
  const manifest = await manifestFromNames(folder, pattern);
  const table = output ?? join(folder, 'manifest.csv');
  if (!/\.csv$/i.test(table)) throw new UserError(`--output ${table}: the table's name ends in .csv.`);
  if (!force) await requireAbsent(table);
  const pathOf = (file: string) =>
    relative(resolve(dirname(table)), resolve(folder, file))
      .split(sep)
      .join('/');
  await writeWhole(table, manifestCsv(manifest, pathOf));
  if (json) {
    const { columns, rows, others } = manifest;
    const leftOut = sounds(manifest.leftOut);
    process.stdout.write(`${JSON.stringify({ table, clips: rows.length, columns, leftOut, others })}\n`);
    return;
  }
  process.stdout.write(
    `${printable(table)}: ${rows(manifest)}\n\n${columnsTable(manifest)}\n${othersText(manifest)}`,
  );
}

/** Of what is left out, the sound: a table of recordings says nothing of other files. */
function sounds(leftOut: PatternManifest['leftOut']): PatternManifest['leftOut'] {
  return leftOut.filter(({ reason }) => reason === 'format' || reason === 'name');
}

function rows({ rows, leftOut }: PatternManifest): string {
  const found = sounds(leftOut).reduce((sum, { count }) => sum + count, rows.length);
  const formats = leftOut.filter(({ reason }) => reason === 'format');
  return [`${rows.length} of ${found} sound files`, ...leftOutParts(formats)].join('; ');
}

function columnsTable({ columns, rows }: PatternManifest): string {
  return plainTable(
    [{ head: 'column' }, { head: 'labels', align: 'right' }, { head: 'such as' }],
    columns.map((column) => {
      const labels = [...new Set(rows.map(({ labels }) => labels[column] ?? ''))].sort(naturalOrder);
      const more = labels.length > 8 ? ', …' : '';
      return [column, labels.length, `${labels.slice(0, 8).join(', ')}${more}`];
    }),
  );
}

function othersText({ others, leftOut }: PatternManifest): string {
  if (others.length === 0) return '';
  const twice = leftOut.find(({ what, reason }) => reason === 'name' && what !== '')?.count ?? 0;
  const more = others.length > LISTED ? `\n  … and ${others.length - LISTED} more (--json lists all)` : '';
  const list = others.slice(0, LISTED).map((file) => `\n  ${printable(file)}`);
  const ways = twice > 0 ? `, ${twice} of them fitting the pattern in two ways` : '';
  return `\n${others.length} ${others.length === 1 ? 'is' : 'are'} named otherwise and left out${ways}:${list.join('')}${more}\n`;
}
