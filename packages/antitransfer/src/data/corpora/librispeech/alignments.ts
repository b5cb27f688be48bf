import { UserError } from '../../../errors.js';

/** A word in a recording, in capitals as in the corpus's transcripts. */
export interface AlignedWord {
  readonly word: string;
  /** Seconds from the recording's start. */
  readonly start: number;
  /** In seconds. */
  readonly duration: number;
}

/** The words of utterances, by the utterance's name, in their order. */
export type Alignments = Map<string, AlignedWord[]>;

/** Silence, and words that the aligner did not know: nothing to learn. */
const noWords: ReadonlySet<string> = new Set([
  '',
  'SIL',
  'SP',
  'SPN',
  '<EPS>',
  '<UNK>',
  '<SIL>',
  '<S>',
  '</S>',
]);

const CONDENSED = /^(\S+) "([^"]*)" "([^"]*)"\s*$/;

/**
 * The condensed alignments (`{speaker}-{chapter}.alignment.txt`): a line an utterance, its words and the seconds at which
 * they end, in quotes, between commas. A word of no letters is silence.
 *
 * ```
 * 84-121123-0000 ",GO,,DO,YOU,HEAR," "0.490,0.890,1.270,1.380,1.490,1.890,2.09"
 * ```
 *
 * @param path of the file, for messages
 * @throws UserError at a line that is otherwise, with its number
 */
export function parseCondensed(path: string, text: string): Alignments {
  const alignments: Alignments = new Map();
  for (const { line, where } of linesOf(path, text)) {
    const [, utterance, words, ends] = CONDENSED.exec(line) ?? [];
    if (!utterance || words === undefined || ends === undefined) {
      throw unreadable(where, line, 'an utterance, then words and the seconds of their ends, both in quotes');
    }
    const names = words.split(',');
    const seconds = ends.split(',').map(Number);
    if (names.length !== seconds.length) {
      throw unreadable(where, line, `as many words as ends; there are ${names.length} and ${seconds.length}`);
    }
    const spans = seconds.map((end, index) => ({
      word: names[index] ?? '',
      start: index === 0 ? 0 : (seconds[index - 1] ?? Number.NaN),
      end,
    }));
    alignments.set(utterance, spoken(where, line, spans));
  }
  return alignments;
}

/**
 * Alignments of a word a line (Kaldi's CTM): utterance, channel, start, duration, word.
 *
 * @param path of the file, for messages
 * @throws UserError at a line that is otherwise, with its number
 */
export function parseCtm(path: string, text: string): Alignments {
  const alignments: Alignments = new Map();
  for (const { line, where } of linesOf(path, text)) {
    const [utterance, channel, start, duration, word] = line.trim().split(/\s+/);
    if (!utterance || !channel || !start || !duration || !word) {
      throw unreadable(where, line, 'utterance, channel, start, duration and word');
    }
    const span = { word, start: Number(start), end: Number(start) + Number(duration) };
    const known = alignments.get(utterance) ?? [];
    alignments.set(utterance, [...known, ...spoken(where, line, [span])]);
  }
  return alignments;
}

const TIER = /class = "IntervalTier"\s*name = "([^"]*)"/g;
const INTERVAL = /xmin = ([\d.eE+-]+)\s*xmax = ([\d.eE+-]+)\s*text = "((?:[^"]|"")*)"/g;

/**
 * The words of one utterance, from the tier `words` of a TextGrid in Praat's long form, as the Montreal Forced Aligner
 * writes it. The tier of several speakers is named after them (`84 - words`).
 *
 * @param path of the file, for messages
 * @throws UserError when there is no such tier, or no interval in it
 */
export function parseTextGrid(path: string, text: string): AlignedWord[] {
  const tiers = [...text.matchAll(TIER)];
  const at = tiers.findIndex(([, name = '']) => /(^|\s)words$/.test(name));
  const tier = tiers[at];
  if (tier === undefined) {
    const names = tiers.map(([, name]) => `"${name}"`).join(', ') || 'none';
    throw new UserError(
      `"${path}" is no TextGrid with a tier "words" in Praat's long form; its tiers are: ${names}. Align the corpus again, ` +
        'or take the condensed alignments.',
    );
  }
  const body = text.slice(tier.index, tiers[at + 1]?.index ?? text.length);
  const spans = [...body.matchAll(INTERVAL)].map(([, start, end, word = '']) => ({
    word,
    start: Number(start),
    end: Number(end),
  }));
  if (spans.length === 0)
    throw new UserError(`"${path}": the tier "words" has no intervals. Align the corpus again.`);
  return spoken(path, 'the tier "words"', spans);
}

interface Span {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** What is spoken, in order. Silence between words may be as short as nothing; a word may not end before it begins. */
function spoken(where: string, line: string, spans: readonly Span[]): AlignedWord[] {
  return spans.flatMap(({ word, start, end }) => {
    if (!(start >= 0 && end >= start && Number.isFinite(end))) {
      throw unreadable(where, line, `times in seconds that grow; "${word}" is from ${start} to ${end}`);
    }
    const name = word.trim().toUpperCase();
    // Times are given in thousandths at most; a difference of two has others behind.
    const duration = Math.round((end - start) * 1e6) / 1e6;
    return noWords.has(name) || duration === 0 ? [] : [{ word: name, start, duration }];
  });
}

function* linesOf(path: string, text: string): Generator<{ line: string; where: string }> {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') yield { line, where: `${path}, line ${index + 1}` };
  }
}

function unreadable(where: string, line: string, expected: string): UserError {
  const shown = line.length > 100 ? `${line.slice(0, 100)}…` : line;
  return new UserError(`${where}: expected ${expected}; got ${shown}`);
}
