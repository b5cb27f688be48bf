import { UserError } from '../../errors.js';
import { itemAt } from '../../lookup.js';
import { normaliseLabel } from './label.js';

/** Label columns that are read from the names of files. */
export interface FilePattern {
  /** In the order of the pattern. */
  readonly columns: readonly string[];
  /**
   * The labels that a file's path carries: undefined where it is named otherwise, `ambiguous` where the pattern fits it in
   * two ways (`a_b_c` is `{x}_{y}` twice).
   */
  match(file: string): Readonly<Record<string, string>> | 'ambiguous' | undefined;
}

/** Columns that a table has for other things. */
const RESERVED = ['path', 'start', 'duration'];

/**
 * Compiles a pattern of paths with named parts, as files below a folder are named:
 *
 * - `{word}/{speaker}_{}.wav`: a part stands for one or more characters, none of them `/`; one without a name is no label;
 * - `{emotion:ANG|HAP}`: one of these; `{speaker:2}`: two characters;
 * - a name that is there twice stands for the same text in both places. The ending counts in any case (`.WAV`); without
 *   one, files may have any, which is in no label.
 *
 * ```ts
 * compilePattern('{actor}_{sentence}_{emotion}_{level}.wav').match('1001_DFA_ANG_XX.wav');
 * // { actor: '1001', sentence: 'DFA', emotion: 'ANG', level: 'XX' }
 * ```
 *
 * @throws UserError when the pattern is none, or names no column
 */
export function compilePattern(pattern: string): FilePattern {
  const pieces = piecesOf(pattern.normalize('NFC'));
  const columns = [...new Set(pieces.flatMap((piece) => (piece.name ? [piece.name] : [])))];
  const reserved = columns.find((name) => RESERVED.includes(name));
  if (reserved !== undefined)
    throw refusal(
      pattern,
      `"${reserved}" is no label: a table has that column for something else. Name it otherwise`,
    );
  if (columns.length === 0) throw refusal(pattern, 'no part has a name, such as {speaker}');
  const [shortest, longest] = [expression(pieces, 'shortest'), expression(pieces, 'longest')];
  const hasEnding = pattern.slice(pattern.lastIndexOf('/') + 1).includes('.');
  return {
    columns,
    match(file) {
      const named = hasEnding ? file : file.replace(/\.[^./]*$/, '');
      const composed = named.normalize('NFC');
      const [first, second] = [shortest.exec(composed), longest.exec(composed)];
      if (first === null || second === null) return undefined;
      // The first parts are as short as can be in one and as long as can be in the other: alike, there is one way only.
      if (first.some((text, index) => text !== second[index])) return 'ambiguous';
      return Object.fromEntries(
        columns.map((name, index) => [name, normaliseLabel(itemAt(first, index + 1))]),
      );
    },
  };
}

/** A piece of a pattern: text as it is, or a part. */
interface Piece {
  readonly text?: string;
  /** Empty for a part without a name. */
  readonly name?: string;
  /** What the part may be; anything when absent. */
  readonly choices?: readonly string[];
  /** Characters of the part. */
  readonly width?: number;
}

function piecesOf(pattern: string): Piece[] {
  const pieces = pattern.match(/\{[^{}]*\}|[^{}]+|[{}]/g) ?? [];
  return pieces.map((piece): Piece => {
    if (piece === '{' || piece === '}') throw refusal(pattern, `a "${piece}" is alone`);
    if (!piece.startsWith('{')) return { text: piece };
    const [name = '', ...rest] = piece.slice(1, -1).split(':');
    const limits = rest.join(':');
    if (rest.length === 0) return { name: name.trim() };
    if (/^[1-9]\d*$/.test(limits)) return { name: name.trim(), width: Number(limits) };
    const choices = limits.split('|');
    if (choices.includes('')) throw refusal(pattern, `the part ${piece} allows nothing`);
    return { name: name.trim(), choices };
  });
}

/** @param take whether parts are as short or as long as they can be, the first of them before the next */
function expression(pieces: readonly Piece[], take: 'shortest' | 'longest'): RegExp {
  const groups = new Map<string, number>();
  const parts = pieces.map(({ text, name = '', ...limits }, index) => {
    if (text !== undefined) return index === pieces.length - 1 ? withAnyCaseEnding(text) : escaped(text);
    const known = groups.get(name);
    if (name !== '' && known !== undefined) return `(?:\\${known})`;
    if (name === '') return `(?:${bodyOf(limits, take)})`;
    groups.set(name, groups.size + 1);
    return `(${bodyOf(limits, take)})`;
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}

function bodyOf({ choices, width }: Piece, take: 'shortest' | 'longest'): string {
  if (width !== undefined) return `[^/]{${width}}`;
  if (choices === undefined) return take === 'shortest' ? '[^/]+?' : '[^/]+';
  const byLength = choices.toSorted((a, b) => a.length - b.length);
  return (take === 'shortest' ? byLength : byLength.reverse()).map(escaped).join('|');
}

function withAnyCaseEnding(text: string): string {
  return escaped(text).replace(/\\\.\w+$/, (ending) =>
    ending.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`),
  );
}

function escaped(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}

function refusal(pattern: string, why: string): UserError {
  return new UserError(
    `The pattern "${pattern}" cannot be used: ${why}. A pattern is like {word}/{speaker}_{take}.wav; {} is a part ` +
      'without a name.',
  );
}
