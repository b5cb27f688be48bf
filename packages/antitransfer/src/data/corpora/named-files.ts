import { join, resolve } from 'node:path';
import { type LeftOut, LeftOutTally } from '../account/account.js';
import { leftOutParts } from '../account/text.js';
import type { Clip, Corpus } from '../clip.js';
import { type CorpusFacts, noFolder, notThisCorpus } from './definition.js';
import { inventoryOf } from './inventory.js';
import { normaliseLabel } from './label.js';
import { addLeftOut, listCounted } from './left-out.js';
import { kindOfPath } from './list-files.js';

/** How a corpus puts its labels into its files' names. */
interface NamedFiles {
  /** The folder inside the corpus that holds the recordings; the user may name either. */
  readonly subfolder?: string;
  /** Files that come with the corpus and describe it: no clips, and not missed. */
  readonly accompanying?: (file: string) => boolean;
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
  { subfolder, accompanying = () => false, labels }: NamedFiles,
): Promise<Corpus> {
  const folder = await recordingsFolder(definition, path, subfolder);
  const clips: Clip[] = [];
  const leftOut = new LeftOutTally();
  for (const file of await listCounted(folder, leftOut)) {
    const known = labels(file.normalize('NFC'));
    if (known === undefined) {
      if (!accompanying(file)) addLeftOut(leftOut, file, folder);
      continue;
    }
    const composed = Object.entries(known).map(([column, label]) => [column, normaliseLabel(label)]);
    clips.push({ id: file, path: join(folder, file), labels: Object.fromEntries(composed) });
  }
  if (clips.length === 0)
    throw notThisCorpus(definition, path, `no file there is named so${others(leftOut.list())}`);
  return { name: definition.name, clips, inventory: inventoryOf('files', clips, leftOut) };
}

/** What else is there, for a message. */
function others(leftOut: readonly LeftOut[]): string {
  const formats = leftOut.filter(({ reason }) => reason === 'format' || reason === 'ending');
  return formats.length === 0 ? '' : ` (${leftOutParts(formats).join('; ')})`;
}

/** The folder that holds the recordings: the subfolder when there is one, else the path itself. Absolute. */
export async function recordingsFolder(
  definition: CorpusFacts,
  path: string,
  subfolder?: string,
): Promise<string> {
  const kind = await kindOfPath(path);
  if (kind !== 'folder') throw noFolder(definition, path, kind);
  if (subfolder !== undefined && (await kindOfPath(join(path, subfolder))) === 'folder') {
    return resolve(path, subfolder);
  }
  return resolve(path);
}
