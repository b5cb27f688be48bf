import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { isManifestName } from './manifest.js';
import { corpora, loadCorpus } from './registry.js';

/** Corpora that are told by the names of their files, the strictest first. */
const byNames = ['fsdd', 'emodb', 'speech-commands', 'folder'];

/**
 * What kind of corpus a path holds: the name of the first that its files look like.
 *
 * @throws UserError when there is nothing, or nothing that is known
 */
export async function recogniseCorpus(path: string): Promise<string> {
  if (!existsSync(path)) throw new UserError(`There is nothing at "${path}". Check the path.`);
  if (isManifestName(path)) return 'manifest';
  if (existsSync(join(path, 'demo.json'))) return 'demo';
  for (const name of byNames) if (await fits(name, path)) return name;
  const list = corpora.members.map(({ name, expects }) => `  ${name}: ${expects}`).join('\n');
  throw new UserError(`No corpus was recognised at "${path}". These are known:\n${list}`);
}

async function fits(name: string, path: string): Promise<boolean> {
  try {
    await loadCorpus(name, path);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
