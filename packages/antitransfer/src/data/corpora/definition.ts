import type { z } from 'zod';
import { UserError } from '../../errors.js';
import type { Definition } from '../../registry.js';
import type { Corpus } from '../clip.js';

/** A corpus, as the registry knows it. */
export interface CorpusDefinition<Name extends string = string, Settings extends z.ZodObject = z.ZodObject>
  extends Definition {
  readonly name: Name;
  readonly settings: Settings;
  /** The label columns of every clip; `any` when the data decide. */
  readonly columns: readonly string[] | 'any';
  /** Columns that are there only when the data have them. */
  readonly optionalColumns?: readonly string[];
  /** Where to get it and under which licence; undefined when the data are the user's own. */
  readonly source: CorpusSource | undefined;
  /** What must be found at the path, in words that finish the sentence "Expected ...". */
  readonly expects: string;
  /**
   * Lists the clips below a path, in the order of their ids. Reads names, not audio.
   *
   * @throws UserError when nothing there is as expected
   */
  create(settings: z.infer<Settings>, path: string): Promise<Corpus>;
}

/** What messages say of a corpus. */
export type CorpusFacts = Pick<CorpusDefinition, 'name' | 'expects' | 'source'>;

export interface CorpusSource {
  readonly url: string;
  readonly licence: string;
}

/** A path does not hold the corpus that was looked for there. */
export class NotThisCorpusError extends UserError {
  override readonly name = 'NotThisCorpusError';
}

/** The error for a path that does not hold the corpus: what was found, what was expected, where to get it. */
export function notThisCorpus(definition: CorpusFacts, path: string, found: string): NotThisCorpusError {
  const { name, expects, source } = definition;
  const remedy = source === undefined ? '' : ` Get it from ${source.url} (${source.licence}).`;
  return new NotThisCorpusError(`No corpus "${name}" at "${path}": ${found}. Expected ${expects}.${remedy}`);
}
