import { readWhole } from '../../../files/read-whole.js';
import { writeWhole } from '../../../files/write-whole.js';
import type { S3Bucket } from './bucket.js';

/** Brings an object to a file, whole. @returns whether there is one. */
export async function pull(bucket: S3Bucket, key: string, path: string): Promise<boolean> {
  const bytes = await bucket.get(key);
  if (bytes === undefined) return false;
  await writeWhole(path, bytes);
  return true;
}

/** Brings a file to an object, whole. @returns whether there is one. */
export async function push(bucket: S3Bucket, path: string, key: string): Promise<boolean> {
  const bytes = await readWhole(path);
  if (bytes === undefined) return false;
  await bucket.put(key, bytes);
  return true;
}
