import { UserError } from '../../errors.js';
import type { Corpus } from '../clip.js';
import type { CorpusDefinition, CorpusOptions } from './definition.js';
import { demo } from './demo/corpus.js';
import { emodb } from './emodb.js';
import { folder } from './folder.js';
import { fsdd } from './fsdd.js';
import { manifest } from './manifest.js';
import { speechCommands } from './speech-commands.js';

/** Every corpus that has a name, in the order in which they are shown. One test runs over all of them. */
export const corpora: readonly CorpusDefinition[] = [fsdd, emodb, speechCommands, folder, manifest, demo];

/**
 * Loads a corpus by name.
 *
 * ```ts
 * const corpus = await loadCorpus('fsdd', 'data/fsdd');
 * corpus.clips[0].labels; // { digit: '0', speaker: 'george', take: '0' }
 * ```
 *
 * @param path the folder (or, for a manifest, the file) that holds it
 * @returns its clips, sorted by id
 * @throws UserError when there is no corpus of that name, or the path does not hold it
 */
export async function loadCorpus(name: string, path: string, options: CorpusOptions = {}): Promise<Corpus> {
  const definition = corpora.find((corpus) => corpus.name === name);
  if (definition === undefined) {
    const names = corpora.map((corpus) => corpus.name).join(', ');
    throw new UserError(`There is no corpus "${name}". Choose one of: ${names}.`);
  }
  return definition.load(path, options);
}
