import { basename } from 'node:path';
import { canonicalJson } from '../../../files/canonical-json.js';
import { shortDigest } from '../../../files/digest.js';
import { groupBy } from '../../../group-by.js';
import { isPathKey } from '../path-keys.js';
import type { Row } from './draw.js';

/** Characters of a name: paths have an end on every system. */
const LENGTH = 100;

/** Keys that say what an object is. */
const telling = ['id', 'name', 'kind', 'corpus'] as const;

/** Segments of a path that say nothing of what is set. */
const silent = /^(\d+|methods|objectives)$/;

/**
 * A name for each cell of a sweep from what is another in it, `tap-conv3_1--width-0.25`: letters, digits, dots, dashes and
 * underscores. It depends on the cell and on which keys are swept, not on their other values, unless two cells would have
 * one name (also where small letters are capitals): these end with a digest.
 */
export function cellNames(rows: readonly Row[]): string[] {
  const labels = shortLabels([...new Set(rows.flatMap((row) => row.map(({ path }) => path)))]);
  const names = rows.map((row) => nameOf(row, labels));
  const shared = groupBy(names, (name) => name.toLowerCase());
  return names.map((name, at) => {
    const isShared = (shared.get(name.toLowerCase())?.length ?? 0) > 1;
    if (!isShared && name.length <= LENGTH) return name;
    const values = rows[at]?.map(({ path, value }) => [path, value]);
    return `${name.slice(0, LENGTH)}-${shortDigest(canonicalJson(values)).slice(0, 6)}`;
  });
}

function nameOf(row: Row, labels: ReadonlyMap<string, string>): string {
  return row
    .map(({ path, value, name }) => name ?? `${labels.get(path)}-${plain(textOf(path, value))}`)
    .filter((part) => part !== '')
    .join('--');
}

/** Of each path as few of its last words as tell it from the others: `beta`, or `cka.beta` beside `gram.beta`. */
function shortLabels(paths: readonly string[]): ReadonlyMap<string, string> {
  const words = paths.map((path) => {
    const spoken = path.split('.').filter((segment) => !silent.test(segment));
    return spoken.length > 0 ? spoken : path.split('.');
  });
  const ends = (length: number) => words.map((segments) => segments.slice(-length).join('.'));
  const longest = Math.max(...words.map((segments) => segments.length));
  const lengths = Array.from({ length: longest }, (_, i) => i + 1);
  const enough = lengths.find((length) => new Set(ends(length)).size === paths.length);
  const labels = enough === undefined ? paths : ends(enough);
  return new Map(paths.map((path, at) => [path, plain(labels[at] ?? path)]));
}

function textOf(path: string, value: unknown): string {
  if (typeof value === 'string') return isPathKey(path.split('.')) ? basename(value) : value;
  if (typeof value === 'number') return value < 0 ? `minus${-value}` : String(value);
  if (Array.isArray(value)) return value.map((item) => textOf(path, item)).join('-');
  if (typeof value !== 'object' || value === null) return String(value);
  const said = telling.map((key) => Reflect.get(value, key)).find((word) => typeof word === 'string');
  return typeof said === 'string' ? said : shortDigest(canonicalJson(value)).slice(0, 6);
}

/** What any file system takes. */
function plain(text: string): string {
  const kept = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]+/g, '-');
  return kept.replace(/^-+|-+$/g, '') || shortDigest(text).slice(0, 6);
}
