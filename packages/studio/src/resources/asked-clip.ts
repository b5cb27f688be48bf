import type { RepetitionKey } from 'antitransfer/runs';
import { NotFound } from '../not-found.js';
import type { ResourceRequest } from './resource.js';

/** Which clip a query asks about, and as networks of which seed and fold were given it: the first that was tested on it when absent. */
export function askedClip({ query }: ResourceRequest): {
  readonly clip: string;
  readonly of?: RepetitionKey;
} {
  const { clip, seed, fold } = query;
  if (clip === undefined) throw new NotFound('A clip is asked for by its id: ?clip=…');
  if (seed === undefined) return { clip };
  return { clip, of: { seed: wholeNumber(seed), ...(fold !== undefined && { fold: wholeNumber(fold) }) } };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new NotFound(`"${text}" is no whole number; seeds and folds are.`);
}
