import type { z } from 'zod';
import { UserError } from '../../errors.js';
import type { Definition } from '../../registry.js';
import type { Corpus } from '../clip.js';
import { howToFetch } from '../download/how-to-fetch.js';
import type { LabelRules } from './selection-settings.js';

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
  /** What arXiv 2006.06494 and its released code do with it; undefined of a corpus that they do not have. */
  readonly published?: PublishedUse;
  /** What must be found at the path, in words that finish the sentence "Expected ...". */
  readonly expects: string;
  /**
   * Lists the clips below a path, in the order of their ids. Reads names, not audio.
   *
   * @throws UserError when nothing there is as expected
   */
  create(settings: z.infer<Settings>, path: string): Promise<Corpus>;
}

/** How a corpus is used in the experiments of arXiv 2006.06494. */
export interface PublishedUse {
  /** How long the segments of a target are that is learned from it, in seconds. */
  readonly seconds: number;
  /** By the label column that is learned or forgotten. */
  readonly columns: Readonly<Record<string, PublishedTask>>;
}

/** A task of these experiments. */
export interface PublishedTask {
  /** Settings of the corpus that are not at their defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings that hold where noise is mixed in, too. */
  readonly mixed?: Readonly<Record<string, unknown>>;
  /** Its classes, and how they are balanced; all labels as they are when absent. */
  readonly labels?: Omit<LabelRules, 'rename'>;
  /** How its network is trained where it is to be forgotten, if otherwise than most. */
  readonly training?: { readonly epochs: number; readonly batch: number; readonly patience: number };
}

/** What messages say of a corpus. */
export type CorpusFacts = Pick<CorpusDefinition, 'name' | 'expects' | 'source'>;

/** Where a corpus comes from. */
export interface CorpusSource {
  readonly url: string;
  readonly licence: string;
  /** The sentence that says how to have it, where it is not fetched from there. */
  readonly remedy?: string;
}

/** A path does not hold the corpus that was looked for there. */
export class NotThisCorpusError extends UserError {
  override readonly name = 'NotThisCorpusError';
}

/** The error for a path that does not hold the corpus: what was found, what was expected, where to get it. */
export function notThisCorpus(definition: CorpusFacts, path: string, found: string): NotThisCorpusError {
  return notFound(definition, path, found);
}

/** The same for a path at which there is nothing, or a file: what is missing can be fetched to there. */
export function noFolder(
  definition: CorpusFacts,
  path: string,
  kind: 'file' | 'nothing',
): NotThisCorpusError {
  if (kind === 'file') return notFound(definition, path, 'it is a file');
  return notFound(definition, path, 'there is no such folder', path);
}

/** @param target where it may be fetched to; left out: a folder of its name */
function notFound(
  { name, expects, source }: CorpusFacts,
  path: string,
  found: string,
  target?: string,
): NotThisCorpusError {
  const fetching = howToFetch(name, target);
  const page =
    source &&
    (fetching === undefined ? `Get it from ${source.url} (${source.licence}).` : `See ${source.url}.`);
  const remedy = source?.remedy ?? [fetching, page].filter((part) => part !== undefined).join(' ');
  const sentence = remedy === '' ? '' : ` ${remedy}`;
  return new NotThisCorpusError(
    `No corpus "${name}" at "${path}": ${found}. Expected ${expects}.${sentence}`,
  );
}
