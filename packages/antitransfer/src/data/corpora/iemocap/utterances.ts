import { readFile } from 'node:fs/promises';
import { UserError } from '../../../errors.js';

/** What the evaluation of a dialog says of one utterance. */
interface Evaluation {
  /** As the annotators' majority has it: `ang`, `hap`, `exc`, `sad`, `neu`, `fru` …; `xxx` where there is none. */
  readonly emotion: string;
  /** Means over the annotators, from 1 to 5. */
  readonly valence: string;
  readonly activation: string;
  readonly dominance: string;
}

/** `[6.2901 - 8.2357]`, utterance, emotion and `[valence, activation, dominance]`, between tabs. */
const EVALUATED = /^\[[\d.]+ - [\d.]+\]\t(\S+)\t(\w+)\t\[([\d.]+), ([\d.]+), ([\d.]+)\]/;

/** The beginning of every line of an utterance, whether or not the rest can be read. */
const EVALUATION_LINE = /^\[\s*\d/;

/** `Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.`; lines of asides (`F: …`, `…_FXX0 [`) are of no utterance. */
const SPOKEN = /^(\S+_[FM]\d{3}) \[[\d.]+-[\d.]+\]: ?(.*)$/;

/**
 * The utterances of a dialog's evaluation: lines of single annotators (`C-E1:`, `A-F1:`), the head and empty lines are
 * passed over.
 *
 * @throws UserError at a line that names a time and cannot be read
 */
export async function readEvaluations(path: string): Promise<Map<string, Evaluation>> {
  const evaluations = new Map<string, Evaluation>();
  for (const [index, line] of (await readFile(path, 'utf8')).split(/\r?\n/).entries()) {
    if (!EVALUATION_LINE.test(line)) continue;
    const [, utterance, emotion, valence, activation, dominance] = EVALUATED.exec(line) ?? [];
    if (!utterance || !emotion || !valence || !activation || !dominance) {
      throw new UserError(
        `${path}, line ${index + 1}: "${line}" is not "[start - end]", utterance, emotion and "[v, a, d]" between tabs. ` +
          'Unpack this file again.',
      );
    }
    evaluations.set(utterance, { emotion, valence, activation, dominance });
  }
  return evaluations;
}

/** What is said in the utterances of a dialog. */
export async function readTranscripts(path: string): Promise<Map<string, string>> {
  const transcripts = new Map<string, string>();
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    const [, utterance, text] = SPOKEN.exec(line) ?? [];
    if (utterance && text !== undefined) transcripts.set(utterance, text.trim());
  }
  return transcripts;
}
