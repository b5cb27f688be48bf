import { join, resolve } from 'node:path';
import type { Clip, Corpus } from '../clip.js';
import { type CorpusFacts, notThisCorpus } from './definition.js';
import { kindOfPath, listFiles } from './list-files.js';

/** How a corpus puts its labels into its files' names. */
interface NamedFiles {
  /** The folder inside the corpus that holds the recordings; the user may name either. */
  readonly subfolder?: string;
  /** The labels of a file, from its path below the recordings; undefined for a file that is no clip. */
  labels(file: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Loads a corpus whose labels are in the names of its files. A clip's id is its path below the recordings.
 *
 * @throws UserError when the path is no folder, or no file in it is named as expected
 */
export async function loadNamedFiles(
  definition: CorpusFacts,
  path: string,
  { subfolder, labels }: NamedFiles,
): Promise<Corpus> {
  const folder = await recordingsFolder(definition, path, subfolder);
  const clips: Clip[] = [];
  for (const file of await listFiles(folder)) {
    const known = labels(file);
    if (known !== undefined) clips.push({ id: file, path: join(folder, file), labels: known });
  }
  if (clips.length === 0) throw notThisCorpus(definition, path, 'no file there is named so');
  return { name: definition.name, clips };
}

/** The folder that holds the recordings: the subfolder when there is one, else the path itself. Absolute. */
export async function recordingsFolder(
  definition: CorpusFacts,
  path: string,
  subfolder?: string,
): Promise<string> {
  const kind = await kindOfPath(path);
  if (kind !== 'folder') {
    throw notThisCorpus(definition, path, kind === 'file' ? 'it is a file' : 'there is no such folder');
  }
  if (subfolder !== undefined && (await kindOfPath(join(path, subfolder))) === 'folder') {
    return resolve(path, subfolder);
  }
  return resolve(path);
}
