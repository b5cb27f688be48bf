import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { summarise } from '../../../src/answers/summary.js';
import { judge, type Verdict } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture, type ResultsFixture } from '../page/fixture.js';
import type { MethodFixture } from '../page/fsdd.js';
import { CORRELATION, NONE, SHUFFLED, verdictOf } from './verdict-of.js';

describe('at chance level', () => {
  const at = (accuracy: number) => [NONE, CORRELATION, SHUFFLED].map((method) => ({ ...method, accuracy }));
  const four = { classes: ['a', 'b', 'c', 'd'], seeds: 3, noise: 0.03 };

  function judged(methods: readonly MethodFixture[], test: number, options: ResultsFixture = {}): Verdict {
    const results = comparisonFixture(new Random(5), { epochs: 2, clips: 0, methods, ...four, ...options });
    const { split, target } = results;
    const changed: ComparisonResults = {
      ...results,
      target: { ...target, chance: 0.25 },
      split: { ...split, counts: { ...split.counts, test } },
    };
    return judge(changed, summarise(changed));
  }

  it('says that nothing was learned, before anything else', () => {
    // Four classes at 31.9% on 24 test clips read like a null result once.
    const verdict = judged(at(0.319), 24);
    expect(verdict.kind).toBe('not-learned');
    expect(verdict.sentence).toMatch(
      /^That the digit was learned is not shown, so that nothing can be said of the methods: none is surely better than chance \(25\.0%\); the best, .* has \d\d\.\d% \(95% CI 1\d\.\d to 5\d\.\d\)\.$/,
    );
    expect(verdict.reasons.join(' ')).not.toMatch(/something to remove|less readable|not excluded/);
  });

  it('says that little was learned where that is more than luck', () => {
    const verdict = judged(at(0.28), 5000);
    expect(verdict.kind).toBe('not-learned');
    expect(verdict.sentence).toContain('was hardly learned');
  });

  it('goes before too few seeds and before nothing compared', () => {
    expect(judged(at(0.25), 24, { seeds: 1 }).kind).toBe('not-learned');
    expect(judged(at(0.25).slice(0, 1), 24).kind).toBe('not-learned');
  });

  it('tells networks that learn nothing from networks that learn by heart', () => {
    const results = comparisonFixture(new Random(5), { epochs: 30, clips: 0, methods: at(0.1) });
    expect(judge(results, summarise(results)).reasons.join(' ')).toContain('Training clips are learned (9');
    const early = comparisonFixture(new Random(5), { epochs: 2, clips: 0, methods: at(0.1) });
    expect(judge(early, summarise(early)).reasons.join(' ')).toContain(
      'Training clips are not learned either',
    );
  });

  it('names the reference where only that has learned nothing', () => {
    const verdict = judged([{ ...NONE, accuracy: 0.25 }, CORRELATION], 100, {
      seeds: 7,
      noise: 0.01,
    });
    expect(verdict.kind).toBe('gain-without-control');
    expect(verdict.sentence).toMatch(
      /^“no transfer”, which gains refer to, is not shown to be better than chance: 2\d\.\d% \(95% CI/,
    );
  });

  it('lists methods that are at chance beside others that are not', () => {
    const verdict = judged([NONE, CORRELATION, { ...SHUFFLED, accuracy: 0.25 }], 100, {
      seeds: 7,
      noise: 0.01,
    });
    expect(verdict.reasons[0]).toMatch(
      /^Little or nothing above chance \(25\.0%\): “correlation, shuffled features” 2\d\.\d% \(95% CI/,
    );
  });

  it('points out a probe at chance beside a CKA that is not low', () => {
    const blind = [NONE, CORRELATION, SHUFFLED].map((method) => ({ ...method, probe: 0.18 }));
    const verdict = verdictOf(blind);
    expect(verdict.reasons.join(' ')).toMatch(
      /CKA of “no transfer” to the speaker network is 0\.8\d on validation clips, not below 0\.20, but a linear probe does not read the speaker there \(1\d\.\d%, 20\.0% by chance\): the two disagree/,
    );
  });
});
