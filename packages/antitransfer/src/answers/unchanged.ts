import { isDeepStrictEqual } from 'node:util';
import { PairedRuns } from './pairs.js';
import type { ComparisonResults, MethodDescription } from './results.js';
import { conjunction } from './tasks.js';

/**
 * Names methods whose every network gave the reference's answers, with the same probabilities, so that no gain of theirs can vary;
 * undefined where there is none.
 */
export function unchangedNote(results: ComparisonResults): string | undefined {
  const [reference, ...others] = results.methods;
  if (reference === undefined) return undefined;
  const paired = new PairedRuns(results);
  const isUnchanged = ({ id }: MethodDescription) => {
    const pairs = paired.between(id, reference.id);
    return pairs.length > 0 && pairs.every(([run, partner]) => sameAnswers(run, partner));
  };
  const unchanged = others.filter(isUnchanged);
  if (unchanged.length === 0) return undefined;
  const names = conjunction(unchanged.map(({ label }) => `“${label}”`));
  const corrects = unchanged.some(({ objectives }) =>
    objectives.some(({ kind }) => kind.includes('logit-correction')),
  );
  return [
    `No difference: ${names} gave the same probabilities for every test clip as “${reference.label}”, in every pair of runs, and so ` +
      `${unchanged.length > 1 ? 'have' : 'has'} no interval.`,
    corrects &&
      'A logit correction with shrinkage corrects nothing where what is heard is not shown to depend on the class.',
  ]
    .filter(Boolean)
    .join(' ');
}

type Run = ComparisonResults['runs'][number];

function sameAnswers(run: Run, partner: Run): boolean {
  return (
    run.test.crossEntropy === partner.test.crossEntropy &&
    isDeepStrictEqual(run.predictions, partner.predictions)
  );
}
