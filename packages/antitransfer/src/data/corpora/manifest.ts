import { statSync } from 'node:fs';
import { UserError } from '../../errors.js';
import { readWhole } from '../../files/read-whole.js';
import { decodeUtf8 } from '../../files/utf8.js';
import { codeUnitOrder } from '../../numbers/order.js';
import { type NoSettings, noSettings } from '../../registry.js';
import type { Clip } from '../clip.js';
import { type CorpusDefinition, notThisCorpus } from './definition.js';
import { normaliseLabel } from './label.js';
import { kindOfPath } from './list-files.js';
import { locateRecording } from './locate-recording.js';
import { type ManifestRow, parseCsvManifest, parseJsonLinesManifest } from './manifest-rows.js';

/** A table of any recordings: one row a clip. A clip has no label where its cell is empty. */
export const manifest: CorpusDefinition<'manifest', NoSettings> = {
  name: 'manifest',
  description:
    'A CSV, TSV or JSONL table with a row for each clip; every column but path, start and duration is a label.',
  columns: 'any',
  source: undefined,
  settings: noSettings,
  expects:
    'a file ending in .csv, .tsv or .jsonl with a column "path" (relative to that file), optionally "start" and ' +
    '"duration" in seconds, and label columns',
  async create(_, path) {
    const kind = await kindOfPath(path);
    if (kind !== 'file') {
      throw notThisCorpus(manifest, path, kind === 'folder' ? 'it is a folder' : 'there is no such file');
    }
    const parse = parserOf(path);
    const bytes = await readWhole(path);
    if (bytes === undefined) throw notThisCorpus(manifest, path, 'there is no such file');
    const text = decodeUtf8(path, bytes);
    const clips = withOwnIds(parse(path, text).map((row) => toClip(path, row)));
    if (clips.length === 0) throw notThisCorpus(manifest, path, 'it has no rows');
    rejectDuplicates(path, clips);
    return {
      name: 'manifest',
      clips: clips.map(({ clip }) => clip).sort((a, b) => codeUnitOrder(a.id, b.id)),
      inventory: { unit: 'rows', found: clips.length, leftOut: [] },
    };
  },
};

/** Endings of tables' names, in lower case, and what reads them. */
const parsers: readonly (readonly [RegExp, (path: string, text: string) => ManifestRow[]])[] = [
  [/\.(csv|tsv|tab)$/, parseCsvManifest],
  [/\.(jsonl|ndjson)$/, parseJsonLinesManifest],
];

/** Whether a name ends like that of a table of recordings. */
export function isManifestName(path: string): boolean {
  return parsers.some(([ending]) => ending.test(path.toLowerCase()));
}

function parserOf(path: string) {
  const found = parsers.find(([ending]) => ending.test(path.toLowerCase()));
  if (found === undefined) throw notThisCorpus(manifest, path, 'its name ends otherwise');
  return found[1];
}

interface NumberedClip {
  readonly line: number;
  /** As the file is written on the disk or in the table, where its id would be another file's. */
  readonly spelled: string;
  readonly clip: Clip;
}

function toClip(manifestPath: string, { line, cells }: ManifestRow): NumberedClip {
  const { path: cell, start, duration, ...labels } = cells;
  const where = `${manifestPath}, line ${line}`;
  if (!cell)
    throw new UserError(`${where}: the column "path" is missing or empty. Name the clip's audio file in it.`);
  const segment = {
    ...(start && { start: parseSeconds(where, 'start', start, 0) }),
    ...(duration && { duration: parseSeconds(where, 'duration', duration, Number.MIN_VALUE) }),
  };
  const { path, name } = locateRecording(manifestPath, cell);
  const idOf = (file: string) => (start ? `${file}#${segment.start}` : file);
  const id = idOf(name);
  return { line, spelled: idOf(cell), clip: { id, path, ...segment, labels: labelsOf(labels) } };
}

/** Two files in one folder may differ in nothing but how a letter is composed: then their ids do, too. */
function withOwnIds(clips: readonly NumberedClip[]): NumberedClip[] {
  const paths = new Map<string, Set<string>>();
  for (const { clip } of clips) paths.set(clip.id, (paths.get(clip.id) ?? new Set()).add(clip.path));
  return clips.map((numbered) => {
    const { clip, spelled } = numbered;
    return areTwins([...(paths.get(clip.id) ?? [])])
      ? { ...numbered, clip: { ...clip, id: spelled } }
      : numbered;
  });
}

/** Whether paths that are the same but for how letters are composed lead to different files: on some disks they do not. */
function areTwins(paths: readonly string[]): boolean {
  if (new Set(paths.map((path) => path.normalize('NFC'))).size === paths.length) return false;
  const files = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.ino);
  return !files.includes(undefined) && new Set(files).size === files.length;
}

function labelsOf(cells: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cells).flatMap(([column, cell]) => {
      const label = normaliseLabel(cell);
      return label === '' ? [] : [[column, label]];
    }),
  );
}

function parseSeconds(where: string, column: string, text: string, least: number): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= least) return seconds;
  const wanted = least === 0 ? 'a number of seconds, 0 or more' : 'a number of seconds above 0';
  throw new UserError(`${where}: "${column}" is ${wanted}; got "${text}".`);
}

function rejectDuplicates(path: string, clips: readonly NumberedClip[]): void {
  const lines = new Map<string, number>();
  for (const { line, clip } of clips) {
    const earlier = lines.get(clip.id);
    if (earlier !== undefined) {
      throw new UserError(
        `${path}, line ${line}: "${clip.id}" is already on line ${earlier}. Remove one, or give each its "start".`,
      );
    }
    lines.set(clip.id, line);
  }
}
