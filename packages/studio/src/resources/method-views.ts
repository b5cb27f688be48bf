import type { ComparisonResults } from 'antitransfer/answers';
import type { MethodView } from '../views/comparison.js';

/** The methods that have answered, in the order of the report. */
export function methodViews({ methods, runs }: ComparisonResults): MethodView[] {
  const answered = new Set(runs.map(({ method }) => method));
  return methods
    .filter(({ id }) => answered.has(id))
    .map(({ id, label, control }) => ({ id, label, control }));
}
