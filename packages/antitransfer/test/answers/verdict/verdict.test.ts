import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { summarise } from '../../../src/answers/summary.js';
import { judge } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture } from '../page/fixture.js';
import { FSDD_METHODS } from '../page/fsdd.js';
import { CORRELATION, GRAM, NONE, SHUFFLED, verdictOf, WEIGHTS } from './verdict-of.js';

describe('judge', () => {
  it('says that forgetting helped where the control gains nothing and the probe reads less', () => {
    const verdict = verdictOf(FSDD_METHODS);
    expect(verdict).toMatchObject({
      kind: 'gain',
      tasks: [{ name: 'speaker', forgetting: 'less-readable' }],
      method: 'correlation-auxiliary',
    });
    expect(verdict.sentence).toMatch(
      /^“correlation, auxiliary clips” helped: it gained 1\d\.\d points \(.* after Holm\), more than its control, and the speaker became harder to read/,
    );
    expect(verdict.reasons.length).toBeLessThanOrEqual(3);
    expect(verdict.reasons[0]).toContain('The speaker is less readable');
    expect(verdict.reasons[1]).toContain('“correlation, shuffled features”');
  });

  it('says whether most of the orthogonal label can still be read', () => {
    const reasonAt = (probe: number) => verdictOf([NONE, { ...CORRELATION, probe }, SHUFFLED]).reasons[0];
    expect(reasonAt(0.6)).toMatch(/^The speaker is less readable, though most of it still is: /);
    expect(reasonAt(0.25)).toMatch(/^The speaker is less readable: /);
  });

  it('does not say that the network forgot where the probe reads as well as before', () => {
    const verdict = verdictOf([NONE, { ...CORRELATION, probe: NONE.probe }, SHUFFLED]);
    expect(verdict).toMatchObject({ kind: 'gain', tasks: [{ forgetting: 'not-shown' }] });
    expect(verdict.sentence).not.toContain('helped');
    expect(verdict.sentence).toContain('it is not shown that the network forgot the speaker');
    expect(verdict.reasons[0]).toMatch(
      /^It is not shown that the speaker became less or more readable: .* by chance\), a change of [+−]?\d\.\d points \(95% CI −\d\.\d to \+\d\.\d, p.*\); CKA/,
    );
  });

  it('says so where the orthogonal label became more readable', () => {
    const verdict = verdictOf([NONE, { ...CORRELATION, probe: 0.95 }, SHUFFLED]);
    expect(verdict.tasks).toEqual([{ name: 'speaker', forgetting: 'more-readable' }]);
    expect(verdict.sentence).not.toContain('helped');
    expect(verdict.reasons[0]).toContain('more readable than before, not less');
  });

  it('calls it a regulariser where the control gains as much', () => {
    const verdict = verdictOf([NONE, CORRELATION, { ...SHUFFLED, accuracy: CORRELATION.accuracy }]);
    expect(verdict.kind).toBe('regulariser');
    expect(verdict.sentence).toContain('not by forgetting the speaker');
  });

  it('grants a part where the control gains less', () => {
    const verdict = verdictOf([NONE, CORRELATION, { ...SHUFFLED, accuracy: 0.49 }]);
    expect(verdict.kind).toBe('partial-gain');
    expect(verdict.sentence).toContain('not all of it');
  });

  it('leaves it open where the control is too scattered to tell', () => {
    const results = comparisonFixture(new Random(5), {
      epochs: 2,
      clips: 0,
      methods: [NONE, CORRELATION, SHUFFLED],
    });
    const scattered = results.runs.map((run) =>
      run.method === SHUFFLED.id
        ? { ...run, test: { ...run.test, accuracy: run.seed % 2 === 0 ? 0.75 : 0.25 } }
        : run,
    );
    const changed = { ...results, runs: scattered };
    expect(judge(changed, summarise(changed)).kind).toBe('control-unsettled');
  });

  it('does not name a cause without a control', () => {
    const verdict = verdictOf([NONE, WEIGHTS, CORRELATION]);
    expect(verdict.kind).toBe('gain-without-control');
    expect(verdict.sentence).toContain('without a control it cannot be said');
    expect(verdict.reasons[1]).toContain('No control');
  });

  it('does not take what is not shown for what is not so: it gives the interval, and what it does not exclude', () => {
    const verdict = verdictOf([NONE, { ...GRAM, accuracy: NONE.accuracy }, SHUFFLED]);
    expect(verdict).toMatchObject({ kind: 'no-gain', method: 'gram' });
    expect(verdict.sentence).toMatch(
      /^It is not shown that forgetting the speaker helps: .*95% CI −\d\.\d to \+\d\.\d/,
    );
    expect(verdict.reasons[1]).toMatch(
      /neither a true gain of up to \+\d\.\d points nor a loss of up to −\d\.\d is excluded/,
    );
    const all = [verdict.sentence, ...verdict.reasons].join(' ');
    expect(all).not.toMatch(/no significant|about as|as before|did not gain/);
  });

  it('says where a gain is shown over other clips and groups, and is not over seeds that have few training clips', () => {
    const methods = [NONE, { ...CORRELATION, accuracy: NONE.accuracy + 0.06 }, SHUFFLED];
    const options = { clips: 400, noise: 0.03 };
    const redrawn = verdictOf(methods, { ...options, redrawn: true });
    expect(redrawn.kind).toBe('no-gain');
    const said =
      /^The interval over seeds is made wide by 1\.4 test clips for each training clip; over other clips it is \[\+\d+\.\d, \+\d+\.\d\] and over other speakers it is \[\+\d+\.\d, \+\d+\.\d\]\.$/;
    expect(redrawn.reasons).toContainEqual(expect.stringMatching(said));
    const shared = verdictOf(methods, options);
    expect(shared.reasons.join(' ')).not.toContain('is made wide');
    const none = [NONE, { ...CORRELATION, accuracy: NONE.accuracy + 0.002 }, SHUFFLED];
    expect(verdictOf(none, { ...options, redrawn: true }).reasons.join(' ')).not.toContain('is made wide');
  });

  it('finds a loss', () => {
    const verdict = verdictOf([NONE, { ...GRAM, accuracy: 0.3 }, SHUFFLED]);
    expect(verdict.kind).toBe('loss');
    expect(verdict.sentence).toMatch(/did harm: .* lost 1\d\.\d points/);
  });

  it('says that there was nothing to remove', () => {
    const verdict = verdictOf([NONE, { ...CORRELATION, accuracy: NONE.accuracy }, SHUFFLED], {
      removable: 0.04,
    });
    expect(verdict.kind).toBe('nothing-to-remove');
    expect(verdict.sentence).toMatch(
      /^It is not shown that forgetting the speaker helps, and a penalty on CKA had little to remove/,
    );
    expect(verdict.reasons.join(' ')).toMatch(
      /network is 0\.0\d on validation clips; below 0\.20 a penalty on CKA has little to remove, and was not seen to gain/,
    );
  });

  it('says of what is between what it does not know, and of networks of other kinds what was not measured', () => {
    const unchanged = [NONE, { ...CORRELATION, accuracy: NONE.accuracy }, SHUFFLED];
    const between = verdictOf(unchanged, { removable: 0.24 });
    expect(between.kind).toBe('no-gain');
    expect(between.reasons.join(' ')).toMatch(
      /is 0\.2\d on validation clips, between 0\.20 and 0\.28: it is unclear whether there is anything to remove/,
    );
    const results = comparisonFixture(new Random(5), {
      epochs: 2,
      clips: 0,
      methods: unchanged,
      removable: 0.04,
    });
    const [task] = results.tasks;
    const plain = {
      ...results,
      tasks: [{ ...task, removable: { ...task.removable, calibrated: false } }],
    } as const;
    const other = judge(plain, summarise(plain));
    expect(other.kind).toBe('no-gain');
    expect(other.reasons.join(' ')).toContain(
      'small networks with batch normalization only: it is not known',
    );
  });

  it('still reports a loss where there was nothing to remove', () => {
    expect(verdictOf([NONE, { ...GRAM, accuracy: 0.3 }], { removable: 0.04 }).kind).toBe('loss');
  });

  it.each([1, 2])('draws no conclusion from %i seeds, however large the gain', (seeds) => {
    const verdict = verdictOf(FSDD_METHODS, { seeds, noise: 0.0001 });
    expect(verdict).toMatchObject({ kind: 'too-few-seeds', tasks: [{ forgetting: 'unknown' }] });
    expect(verdict.sentence).toContain('Too few runs');
  });

  it('calls three seeds preliminary', () => {
    const verdict = verdictOf([NONE, CORRELATION, SHUFFLED], { seeds: 3 });
    expect(verdict.kind).toBe('gain');
    expect(verdict.reasons).toContain('Preliminary: 3 pairs of runs only.');
  });

  it('does not let weight initialisation or a control speak for forgetting', () => {
    const verdict = verdictOf([NONE, { ...WEIGHTS, accuracy: 0.8 }, { ...SHUFFLED, accuracy: 0.8 }]);
    expect(verdict).toMatchObject({ kind: 'nothing-compared', method: undefined, reasons: [] });
  });

  it('prefers a proven gain to a larger one that is luck', () => {
    const results = comparisonFixture(new Random(5), {
      epochs: 2,
      clips: 0,
      methods: [NONE, CORRELATION, GRAM],
    });
    const lucky = results.runs.map((run) =>
      run.method === GRAM.id
        ? { ...run, test: { ...run.test, accuracy: run.seed === 1 ? 1 : run.seed % 2 === 0 ? 0.9 : 0.3 } }
        : run,
    );
    const changed = { ...results, runs: lucky };
    const summaries = summarise(changed);
    expect(summaries[2]!.gain!.mean).toBeGreaterThan(summaries[1]!.gain!.mean);
    expect(judge(changed, summaries).method).toBe(CORRELATION.id);
  });

  it('does not test where all runs agree exactly', () => {
    const results = comparisonFixture(new Random(5), { epochs: 2, clips: 0, methods: [NONE, GRAM] });
    const equal = {
      ...results,
      runs: results.runs.map((run) => ({ ...run, test: { ...run.test, accuracy: 0.5 } })),
    };
    const verdict = judge(equal, summarise(equal));
    expect(verdict.kind).toBe('no-gain');
    expect(verdict.sentence).toContain('changed the accuracy of no run.');
  });

  it('mentions an orthogonal network that knows nothing', () => {
    const results = comparisonFixture(new Random(5), { epochs: 2, clips: 0, methods: [NONE, GRAM] });
    const weak: ComparisonResults = {
      ...results,
      tasks: [{ ...results.tasks[0], network: { accuracies: [0.22, 0.21], chance: 0.2, given: false } }],
    };
    expect(judge(weak, summarise(weak)).reasons.join(' ')).toContain(
      'the speaker network itself has learned little (21.5%, 20.0% by chance)',
    );
    expect(judge(weak, summarise(weak)).reasons.join(' ')).not.toContain('there is something to remove');
  });

  it('says of a network that was given that its outputs may be other classes', () => {
    const results = comparisonFixture(new Random(5), { epochs: 2, clips: 0, methods: [NONE, GRAM] });
    const network = { accuracies: [0.105], chance: 0.368, given: true };
    const given: ComparisonResults = { ...results, tasks: [{ ...results.tasks[0], network }] };
    expect(judge(given, summarise(given)).reasons.join(' ')).toContain(
      'The speaker network that was given is right in 10.5%, 36.8% by chance: it knows little, or its outputs are other classes than george,',
    );
  });
});
