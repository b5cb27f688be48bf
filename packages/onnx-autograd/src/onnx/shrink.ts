import { add, greater, less, sub, where } from '../building/expressions.js';
import { readFloat } from '../graph/attributes.js';
import { first, type Lowering } from './draft.js';

/** `Shrink`: nearer to 0 by `bias` where it is further from there than `lambd`, and 0 elsewhere. */
export const shrink: Lowering = (draft) => {
  const x = first(draft);
  if (x.type !== 'float32' && x.type !== 'float64') return [draft];
  const [bound, bias] = [readFloat(draft.attributes, 'lambd', 0.5), readFloat(draft.attributes, 'bias', 0)];
  const [raised, lowered] = bias === 0 ? [x, x] : [add(x, bias), sub(x, bias)];
  const above = where(greater(x, bound), lowered, 0);
  return [{ ...draft, operator: 'Where', inputs: [less(x, -bound), raised, above], attributes: {} }];
};
