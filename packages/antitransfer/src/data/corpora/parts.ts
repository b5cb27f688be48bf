import { join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { type CorpusFacts, noFolder, notThisCorpus } from './definition.js';
import { kindOfPath } from './list-files.js';

/**
 * The folder of a corpus: the path itself, or one of the folders in it that its archives unpack to. Absolute.
 *
 * @param sought what tells the corpus from any other folder, in words: `SPEAKERS.TXT`
 * @param isIt whether it is there
 * @throws NotThisCorpusError when there is none
 */
export async function folderWith(
  definition: CorpusFacts,
  path: string,
  inner: readonly string[],
  sought: string,
  isIt: (folder: string) => Promise<boolean>,
): Promise<string> {
  const kind = await kindOfPath(path);
  if (kind !== 'folder') throw noFolder(definition, path, kind);
  for (const folder of [path, ...inner.map((name) => join(path, name))]) {
    if (await isIt(folder)) return resolve(folder);
  }
  throw notThisCorpus(
    definition,
    path,
    `there is no ${sought} in it, nor in a folder ${inner.join(' or ')} below it`,
  );
}

/** The error for a file or folder of a corpus that is not where the others of it are. */
export function missingPart(root: string, part: string, remedy: string): UserError {
  return new UserError(`${part} is missing in "${root}". ${remedy}`);
}
