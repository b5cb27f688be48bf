import { noFolderOfNoises } from '../../data/corpora/add-noise.js';
import { type NotThisCorpusError, noFolder, notThisCorpus } from '../../data/corpora/definition.js';
import { kindOfPath } from '../../data/corpora/list-files.js';
import { corpora } from '../../data/corpora/registry.js';
import { UserError } from '../../errors.js';
import type { DataSettings } from '../config/schema.js';

/**
 * That there is something at every path that recordings are to come from: who must fetch several corpora is told of all.
 *
 * @throws UserError with a line for each that is missing, and how it is fetched
 */
export async function requireThere(
  sources: readonly Pick<DataSettings, 'corpus' | 'path' | 'noise'>[],
): Promise<void> {
  const errors = sources.flatMap(({ corpus, path, noise }): (readonly [string, () => UserError])[] => [
    ...(path === null ? [] : [[path, () => missing(corpus, path)] as const]),
    ...(noise === null ? [] : [[noise, () => noFolderOfNoises(noise)] as const]),
  ]);
  const lines = new Set<string>();
  for (const [path, error] of errors) {
    if ((await kindOfPath(path)) === 'nothing') lines.add(error().message);
  }
  if (lines.size > 0) throw new UserError([...lines].join('\n'));
}

function missing(corpus: DataSettings['corpus'], path: string): NotThisCorpusError {
  const definition = corpora.find(corpus);
  return corpus === 'manifest'
    ? notThisCorpus(definition, path, 'there is no such file')
    : noFolder(definition, path, 'nothing');
}
