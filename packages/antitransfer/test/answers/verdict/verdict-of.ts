import { Random } from 'onnx-autograd';
import { summarise } from '../../../src/answers/summary.js';
import { judge, type Verdict } from '../../../src/answers/verdict/verdict.js';
import { comparisonFixture, type ResultsFixture } from '../page/fixture.js';
import { FSDD_METHODS, type MethodFixture } from '../page/fsdd.js';

export const [NONE, WEIGHTS, GRAM, CORRELATION, SHUFFLED] = FSDD_METHODS as [
  MethodFixture,
  MethodFixture,
  MethodFixture,
  MethodFixture,
  MethodFixture,
];

/** What is said of a made-up comparison of these methods. */
export function verdictOf(methods: readonly MethodFixture[], options: ResultsFixture = {}): Verdict {
  const results = comparisonFixture(new Random(5), { epochs: 2, clips: 0, methods, ...options });
  return judge(results, summarise(results));
}
