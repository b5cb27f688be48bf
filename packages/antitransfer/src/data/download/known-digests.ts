import { dirname } from 'node:path';
import { z } from 'zod';
import { namingFile } from '../../files/file-error.js';
import { absentIfDamaged, readJson, writeJson } from '../../files/json-file.js';
import { makeFolder } from '../../files/make-folder.js';

const knownDigests = z.strictObject({
  version: z.literal(1),
  /** By corpus and part: of the archive that came last, and the day. */
  archives: z.record(z.string(), z.strictObject({ sha256: z.string(), on: z.string() })),
});

/**
 * Keeps the digest of an archive, and says when another one came before.
 *
 * @param file that keeps them; a damaged one is begun anew
 * @param name of the archive
 */
export async function compareWithBefore(
  file: string,
  name: string,
  sha256: string,
): Promise<string | undefined> {
  const { archives = {} } = (await readJson(file, knownDigests).catch(absentIfDamaged)) ?? {};
  const before = Object.hasOwn(archives, name) ? archives[name] : undefined;
  if (before?.sha256 === sha256) return undefined;
  const on = new Date().toISOString().slice(0, 10);
  await namingFile(file, 'written', () => makeFolder(dirname(file)));
  await writeJson(file, { version: 1, archives: { ...archives, [name]: { sha256, on } } });
  if (before === undefined) return undefined;
  return (
    `${name} is another archive than that of ${before.on} (sha256 ${sha256}, then ${before.sha256}): results of the two ` +
    'are of other recordings, perhaps.'
  );
}
