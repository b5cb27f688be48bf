import { validationKinds } from '../../data/splits/validation-clips.js';
import { formatShare } from '../format.js';
import type { Candidate, Choice } from './choose.js';

/** What was chosen by validation clips, and what the test would have chosen: a sentence each. */
export function choiceSentences({ chosen, bestOnTest, validation, candidates }: Choice): string[] {
  const called = ({ comparison, label }: Candidate) => `${label} in ${comparison}`;
  const same = chosen.comparison === bestOnTest.comparison && chosen.method === bestOnTest.method;
  const which = validation === undefined ? '' : ` ${validationKinds[validation]}`;
  return [
    `Chosen by validation clips${which}, of ${candidates}: ${called(chosen)}, ${formatShare(chosen.validation)}% there, ${formatShare(chosen.test)}% on the test.`,
    same
      ? 'It is the best on the test, too.'
      : `The best on the test is ${called(bestOnTest)}, ${formatShare(bestOnTest.test)}%: whoever chooses by the test reports too much.`,
  ];
}
