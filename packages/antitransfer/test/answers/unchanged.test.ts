import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import type { ComparisonResults } from '../../src/answers/results.js';
import { unchangedNote } from '../../src/answers/unchanged.js';
import { expectSaid } from './expect-said.js';
import { comparisonFixture } from './page/fixture.js';

const results = comparisonFixture(new Random(2), { epochs: 2, clips: 20 });
const [reference, method] = results.methods;

/** The method answered as the reference did, in all runs but some. */
function alike(but: readonly number[] = []): ComparisonResults {
  const runs = results.runs.map((run) => {
    const partner = results.runs.find((other) => other.method === reference!.id && other.seed === run.seed);
    return run.method !== method!.id || but.includes(run.seed)
      ? run
      : { ...run, test: partner!.test, predictions: partner!.predictions };
  });
  return { ...results, runs };
}

it('a method that changed nothing is named, on the page and in the terminal', () => {
  const same = alike();
  const sentence = `No difference: “${method!.label}” gave the same probabilities for every test clip as “${reference!.label}”, in every pair of runs, and so has no interval.`;
  expect(unchangedNote(same)).toContain(sentence);
  expectSaid(same, sentence, 'section[aria-labelledby=results]');
});

it('one that changed a run is not', () => {
  expect(unchangedNote(results)).toBeUndefined();
  expect(unchangedNote(alike([results.runs[0]!.seed]))).toBeUndefined();
});
