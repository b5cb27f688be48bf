import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { containers } from '../audio/containers/registry.js';
import { NotThisCorpusError } from './definition.js';
import { isAudioName, isHidden, listFiles } from './list-files.js';
import { isManifestName } from './manifest.js';
import { corpora, loadCorpus } from './registry.js';
import { soundByBytes } from './sound-by-bytes.js';

/**
 * What kind of corpus a path holds: the name of the first that its files look like.
 *
 * @throws UserError when there is nothing, or nothing that is known
 */
export async function recogniseCorpus(path: string): Promise<string> {
  if (!existsSync(path)) throw new UserError(`There is nothing at "${path}". Check the path.`);
  if (isManifestName(path)) return 'manifest';
  if (existsSync(join(path, 'demo.json'))) return 'demo';
  for (const name of corpora.names) if (await fits(name, path)) return name;
  const flat = await soundsDirectlyIn(path);
  if (flat.length > 0) throw new UserError(howToLabel(path, flat));
  const unnamed = await soundNamedOtherwise(path);
  if (unnamed !== undefined) throw new UserError(unnamed);
  const list = corpora.members.map(({ name, expects }) => `  ${name}: ${expects}`).join('\n');
  throw new UserError(`No corpus was recognised at "${path}". These are known:\n${list}`);
}

/** Sound files of a folder, not of folders in it; none of what is no folder. */
async function soundsDirectlyIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isFile() && isAudioName(entry.name) ? entry.name : [])).sort();
}

/** How many files are looked into. */
const LOOKED_INTO = 1000;

/** What is said of a folder whose recordings are named like none; undefined when there are none among the first files. */
async function soundNamedOtherwise(path: string): Promise<string | undefined> {
  const files = await listFiles(path).catch(() => []);
  const others = files.filter((file) => !isHidden(file) && !isAudioName(file)).slice(0, LOOKED_INTO);
  const found = others.flatMap((file) => {
    const kind = soundByBytes(join(path, file));
    return kind === undefined ? [] : [{ file, kind }];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const ending = corpusEnding(first.kind);
  const them = found.length === 1 ? 'one file is a recording' : `${found.length} files are recordings`;
  return (
    `No corpus was recognised at "${path}": ${them} by the first bytes, such as "${first.file}" (${first.kind}), but named like none. ` +
    `Let names end with what the files are (${first.file}${ending}), or name the files in a table (antitransfer reads these whatever their names end with).`
  );
}

function corpusEnding(kind: string): string {
  return containers.find(({ name }) => name === kind)?.endings[0] ?? '';
}

function howToLabel(path: string, files: readonly string[]): string {
  const [example = ''] = files;
  const count = files.length === 1 ? '1 recording' : `${files.length} recordings`;
  return [
    `"${path}" holds ${count}, such as "${example}", in no folder for each class, so that nothing says what they are. Labels can be`,
    `  in folders: ${join(path, 'yes', example)} (--levels names the columns)`,
    '  in the names of files: --pattern "{speaker}_{take}_{word}.wav", or data.pattern in a configuration',
    '  in a table: a .csv with the columns path, word, speaker … ("antitransfer data manifest" writes one by a pattern)',
  ].join('\n');
}

async function fits(name: string, path: string): Promise<boolean> {
  try {
    await loadCorpus(name, path);
    return true;
  } catch (error) {
    if (error instanceof NotThisCorpusError) return false;
    throw error;
  }
}
