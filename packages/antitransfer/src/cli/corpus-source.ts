import type { Command } from 'commander';
import type { Corpus } from '../data/clip.js';
import { recogniseCorpus } from '../data/corpora/recognise.js';
import { corpora, loadCorpus } from '../data/corpora/registry.js';
import { names, oneOf } from './values.js';

export interface CorpusFlags {
  readonly corpus?: string;
  readonly levels?: readonly string[];
}

/** Adds the flags that say what kind of corpus a path is. */
export function addCorpusFlags(command: Command): Command {
  const known = corpora.names;
  return command
    .option(
      '--corpus <name>',
      `what the path holds (${known.join(', ')}; default: found out by looking)`,
      oneOf(known),
    )
    .option('--levels <names>', 'for "folder": the label column of each level of folders', names);
}

/**
 * Loads the corpus at a path, of the kind that a flag names or that its files look like.
 *
 * @throws UserError when there is none
 */
export async function openCorpus(path: string, { corpus, levels }: CorpusFlags): Promise<Corpus> {
  const options = levels ? { levels: [...levels] } : {};
  if (corpus !== undefined) return loadCorpus(corpus, path, options);
  if (levels !== undefined) return loadCorpus('folder', path, options);
  return loadCorpus(await recogniseCorpus(path), path);
}
