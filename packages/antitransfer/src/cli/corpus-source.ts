import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Corpus } from '../data/clip.js';
import { type CorpusOptions, corpora, loadCorpus } from '../data/corpora/registry.js';
import { UserError } from '../errors.js';
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
  return recognise(path);
}

async function recognise(path: string): Promise<Corpus> {
  if (!existsSync(path)) throw new UserError(`There is nothing at "${path}". Check the path.`);
  if (/\.(csv|jsonl|ndjson)$/i.test(path)) return loadCorpus('manifest', path);
  if (existsSync(join(path, 'demo.json'))) return loadCorpus('demo', path);
  for (const { name } of corpora) {
    const found = await loadIfFits(name, path, {});
    if (found !== undefined) return found;
  }
  const list = corpora.members.map(({ name, expects }) => `  ${name}: ${expects}`).join('\n');
  throw new UserError(`No corpus was recognised at "${path}". These are known:\n${list}`);
}

async function loadIfFits(name: string, path: string, options: CorpusOptions): Promise<Corpus | undefined> {
  try {
    return await loadCorpus(name, path, options);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
