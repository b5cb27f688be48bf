import { UserError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { naturalOrder } from '../../numbers/order.js';
import { type CorpusAccount, LeftOutTally } from '../account/account.js';
import type { Clip, Corpus } from '../clip.js';
import { balanceClips } from './balance-clips.js';
import { mistakenTimes } from './mistaken-times.js';
import type { LabelRules, Selection } from './selection-settings.js';
import { similarLabels } from './similar-labels.js';

/** The clips of a corpus that are used, and what became of the others. */
export interface SelectedClips {
  readonly clips: readonly Clip[];
  readonly account: CorpusAccount;
}

/**
 * The clips of a corpus that a configuration asks for: filtered by columns (`where`), their labels renamed, merged, kept
 * and dropped (`labels`), those without a label in a used column left out or refused (`missingLabels`), the others balanced.
 *
 * ```ts
 * selectClips(corpus, ['emotion', 'speaker'], {
 *   labels: { emotion: { rename: { exc: 'hap' }, drop: ['xxx'] } },
 *   missingLabels: 'fail',
 * });
 * ```
 *
 * @param columns that are used: target, orthogonal tasks, groups of the split
 * @param keys of the configuration that name them, for messages
 * @throws UserError when a column or a label that is named is not there, or a used column has an empty cell
 */
export function selectClips(
  corpus: Corpus,
  columns: readonly string[],
  selection: Selection,
  keys: ReadonlyMap<string, string> = new Map(),
): SelectedClips {
  const { where = {}, labels: rules = {}, missingLabels } = selection;
  const all = corpus.clips;
  for (const column of Object.keys(where)) requireColumn(all, column, `data.where.${column}`);
  for (const column of Object.keys(rules)) requireColumn(all, column, `data.labels.${column}`);
  for (const column of columns) requireColumn(all, column, keys.get(column));
  const { inventory } = corpus;
  const leftOut = new LeftOutTally(inventory?.leftOut);
  const there = all.filter((clip) => {
    const unlike = Object.entries(where).find(([column, wanted]) => !isAmong(clip.labels[column], wanted));
    if (unlike !== undefined) leftOut.add('where', unlike[0], clip.id);
    return unlike === undefined;
  });
  for (const [column, wanted] of Object.entries(where))
    requireLabels(all, column, listOf(wanted), `where.${column}`);
  const { clips: renamed, account } = rename(there, rules);
  for (const [column, { keep = [], drop = [] }] of Object.entries(rules)) {
    requireLabels(renamed, column, keep, `labels.${column}.keep`);
    requireLabels(renamed, column, drop, `labels.${column}.drop`);
  }
  const kept = renamed.filter((clip) => {
    const dropped = Object.entries(rules).find(([column, rule]) => isDropped(clip.labels[column], rule));
    if (dropped !== undefined) leftOut.add('label', `${dropped[0]} ${clip.labels[dropped[0]]}`, clip.id);
    return dropped === undefined;
  });
  const labelled = kept.filter((clip) => {
    const missing = columns.find((column) => clip.labels[column] === undefined);
    if (missing !== undefined) leftOut.add('unlabelled', missing, clip.id);
    return missing === undefined;
  });
  if (missingLabels === 'fail') refuseMissing(kept, columns);
  const { clips, warnings } = balance(labelled, rules, leftOut);
  if (clips.length === 0)
    throw new UserError(`No clip is left of ${all.length}: see "where" and "labels" under data.`);
  return {
    clips,
    account: {
      corpus: corpus.name,
      unit: inventory?.unit ?? 'files',
      found: inventory?.found ?? all.length,
      used: clips.length,
      leftOut: leftOut.list(),
      renamed: account,
      warnings: [
        ...(inventory?.warnings ?? []),
        ...columns.flatMap((column) => warningsOf(clips, column)),
        ...timesOf(corpus, columns),
        ...warnings,
      ],
    },
  };
}

/**
 * @param key of the configuration that names it
 * @throws UserError when no clip has a label in that column
 */
function requireColumn(clips: readonly Clip[], column: string, key: string | undefined): void {
  if (clips.some(({ labels }) => Object.hasOwn(labels, column))) return;
  const known = [...new Set(clips.flatMap(({ labels }) => Object.keys(labels)))];
  // What a split looks at may be another configuration's, for another corpus: no misspelling.
  const remedy = key?.startsWith('split.')
    ? ' Name one of these there, or another split (--split.kind random).'
    : nearest(column, known);
  const asked = key === undefined ? '' : `, which ${key} asks for`;
  throw new UserError(
    `There is no label column "${column}"${asked}; the clips have ${known.join(', ') || 'none'}.${remedy}`,
  );
}

function requireLabels(clips: readonly Clip[], column: string, wanted: readonly string[], key: string): void {
  const known = [...new Set(clips.flatMap(({ labels }) => labels[column] ?? []))].sort(naturalOrder);
  const unknown = wanted.find((label) => !known.includes(label));
  if (unknown === undefined) return;
  throw new UserError(
    `data.${key}: no clip has the ${column} "${unknown}"; there are ${known.join(', ') || 'none'}.${nearest(unknown, known)}`,
  );
}

function listOf(wanted: string | readonly string[]): readonly string[] {
  return typeof wanted === 'string' ? [wanted] : wanted;
}

function isAmong(label: string | undefined, wanted: string | readonly string[]): boolean {
  return label !== undefined && listOf(wanted).includes(label);
}

function isDropped(label: string | undefined, { keep, drop = [] }: LabelRules): boolean {
  return label !== undefined && (drop.includes(label) || keep?.includes(label) === false);
}

function rename(
  clips: readonly Clip[],
  rules: NonNullable<Selection['labels']>,
): { clips: readonly Clip[]; account: CorpusAccount['renamed'] } {
  let renamed = clips;
  const account: CorpusAccount['renamed'][number][] = [];
  for (const [column, { rename: names = {} }] of Object.entries(rules)) {
    requireLabels(clips, column, Object.keys(names), `labels.${column}.rename`);
    for (const [from, to] of Object.entries(names)) {
      const count = clips.filter(({ labels }) => labels[column] === from).length;
      account.push({ column, from, to, clips: count });
    }
    renamed = renamed.map((clip) => {
      const to = Object.hasOwn(names, clip.labels[column] ?? '')
        ? names[clip.labels[column] ?? '']
        : undefined;
      return to === undefined ? clip : { ...clip, labels: { ...clip.labels, [column]: to } };
    });
  }
  return { clips: renamed, account };
}

function balance(
  clips: readonly Clip[],
  rules: NonNullable<Selection['labels']>,
  leftOut: LeftOutTally,
): { clips: readonly Clip[]; warnings: readonly string[] } {
  let balanced = clips;
  const warnings: string[] = [];
  for (const [column, { balance: most }] of Object.entries(rules)) {
    if (most === undefined) continue;
    const part = balanceClips(balanced, column, most);
    for (const { id, labels } of part.leftOut) leftOut.add('balance', `${column} ${labels[column]}`, id);
    if (part.short.length > 0) {
      const short = part.short.map(({ label, clips: count }) => `${label} (${count})`).join(', ');
      warnings.push(`Fewer clips than the ${most} of data.labels.${column}.balance have: ${short}.`);
    }
    balanced = part.clips;
  }
  return { clips: balanced, warnings };
}

function refuseMissing(clips: readonly Clip[], columns: readonly string[]): void {
  for (const column of columns) {
    const without = clips.filter(({ labels }) => labels[column] === undefined);
    const [first] = without;
    if (first === undefined) continue;
    const count = without.length === 1 ? '1 clip has' : `${without.length} clips have`;
    throw new UserError(
      `${count} no label in the column "${column}", which is used, such as "${first.id}". Fill the cell, or set ` +
        'data.missingLabels to skip: then such clips are left out.',
    );
  }
}

function timesOf({ name, clips }: Corpus, used: readonly string[]): string[] {
  if (name !== 'manifest') return [];
  return mistakenTimes(clips)
    .filter((column) => !used.includes(column))
    .map(
      (column) =>
        `The column "${column}" is a label like any other. Where a clip lies in its file is told by "start" and ` +
        '"duration", in seconds.',
    );
}

function warningsOf(clips: readonly Clip[], column: string): string[] {
  return similarLabels(clips.flatMap(({ labels }) => labels[column] ?? [])).map(
    (group) =>
      `The labels ${group.map((label) => `"${label}"`).join(', ')} of ${column} are ${group.length} different ones. ` +
      `If they are one, merge them with data.labels.${column}.rename.`,
  );
}
