import type { z } from 'zod';
import { sha256 } from './digest.js';
import { DamagedFileError } from './file-error.js';
import { readWhole } from './read-whole.js';
import { writeWhole } from './write-whole.js';

/** The digest of an object's JSON is its last key: the file stays JSON that anything can read. */
const sealed = /^(\{.*),"sha256":"([0-9a-f]{64})"\}\n$/s;

/**
 * Stores an object as JSON, whole and with its digest (the key `sha256`), for {@link readJson}.
 *
 * @param content an object with one key or more, none of them `sha256`.
 * @throws FileError when it cannot be written.
 */
export async function writeJson(path: string, content: object): Promise<void> {
  const text = JSON.stringify(content);
  await writeWhole(path, `${text.slice(0, -1)},"sha256":"${sha256(text)}"}\n`);
}

/**
 * Reads an object that {@link writeJson} stored; `undefined` when there is no such file.
 *
 * @throws DamagedFileError when it does not hold what was written, or not what the schema says.
 * @throws FileError when it is there and cannot be read.
 */
export async function readJson<S extends z.ZodType>(
  path: string,
  schema: S,
): Promise<z.infer<S> | undefined> {
  const text = (await readWhole(path))?.toString();
  if (text === undefined) return undefined;
  const [, body, digest] = sealed.exec(text) ?? [];
  if (body === undefined) throw new DamagedFileError(path, 'it does not end with a digest of itself');
  if (sha256(`${body}}`) !== digest) throw new DamagedFileError(path, 'its digest is of another content');
  const parsed = schema.safeParse(JSON.parse(`${body}}`));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DamagedFileError(path, `${issue?.path.join('.')}: ${issue?.message}`, parsed.error);
}

/** For `catch`, where what a damaged file held can be computed again: it counts as absent. */
export function absentIfDamaged(error: unknown): undefined {
  if (error instanceof DamagedFileError) return undefined;
  throw error;
}
