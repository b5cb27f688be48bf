import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { codeUnitOrder } from '../../numbers/order.js';
import { type NoSettings, noSettings } from '../../registry.js';
import type { Clip } from '../clip.js';
import { type CorpusDefinition, notThisCorpus } from './definition.js';
import { kindOfPath } from './list-files.js';
import { type ManifestRow, parseCsvManifest, parseJsonLinesManifest } from './manifest-rows.js';

/** A table of any recordings: one row a clip. */
export const manifest: CorpusDefinition<'manifest', NoSettings> = {
  name: 'manifest',
  description:
    'A CSV or JSONL table with a row for each clip; every column but path, start and duration is a label.',
  columns: 'any',
  source: undefined,
  settings: noSettings,
  expects:
    'a file ending in .csv or .jsonl with a column "path" (relative to that file), optionally "start" and ' +
    '"duration" in seconds, and label columns',
  async create(_, path) {
    const kind = await kindOfPath(path);
    if (kind !== 'file') {
      throw notThisCorpus(manifest, path, kind === 'folder' ? 'it is a folder' : 'there is no such file');
    }
    const clips = readRows(path, await readFile(path, 'utf8')).map((row) => toClip(path, row));
    if (clips.length === 0) throw notThisCorpus(manifest, path, 'it has no rows');
    rejectDuplicates(path, clips);
    requireSameColumns(path, clips);
    return {
      name: 'manifest',
      clips: clips.map(({ clip }) => clip).sort((a, b) => codeUnitOrder(a.id, b.id)),
    };
  },
};

function readRows(path: string, text: string): ManifestRow[] {
  const name = path.toLowerCase();
  if (name.endsWith('.csv')) return parseCsvManifest(path, text);
  if (name.endsWith('.jsonl') || name.endsWith('.ndjson')) return parseJsonLinesManifest(path, text);
  throw notThisCorpus(manifest, path, 'its name ends otherwise');
}

interface NumberedClip {
  readonly line: number;
  readonly clip: Clip;
}

function toClip(manifestPath: string, { line, cells }: ManifestRow): NumberedClip {
  const { path, start, duration, ...labels } = cells;
  const where = `${manifestPath}, line ${line}`;
  if (!path)
    throw new UserError(`${where}: the column "path" is missing or empty. Name the clip's audio file in it.`);
  const segment = {
    ...(start && { start: parseSeconds(where, 'start', start, 0) }),
    ...(duration && { duration: parseSeconds(where, 'duration', duration, Number.MIN_VALUE) }),
  };
  const id = start ? `${path}#${segment.start}` : path;
  return { line, clip: { id, path: resolve(dirname(manifestPath), path), ...segment, labels } };
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

/** Every clip carries every label, so that any column can be a target. */
function requireSameColumns(path: string, clips: readonly NumberedClip[]): void {
  const columns = [...new Set(clips.flatMap(({ clip }) => Object.keys(clip.labels)))];
  for (const { line, clip } of clips) {
    const missing = columns.find((column) => !clip.labels[column]);
    if (missing === undefined) continue;
    throw new UserError(
      `${path}, line ${line}: the label "${missing}" is missing or empty. Other lines have one.`,
    );
  }
}
