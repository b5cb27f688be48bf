import { join } from 'node:path';
import { shortDigest } from '../../files/digest.js';
import { endpointOf } from './bucket/bucket-error.js';
import { BucketStore } from './bucket/bucket-store.js';
import { bucketUrl, isBucketUrl, parseBucketUrl } from './bucket/location.js';
import { Store } from './store.js';

/** Where a store is: what another process on this machine opens it by. */
export interface StoreAddress {
  /** A folder, or `s3://bucket/prefix`. */
  readonly location: string;
  /** That folder, or where this machine keeps what was needed of the bucket. */
  readonly folder: string;
}

/**
 * The store at a place.
 *
 * @param location a folder, or `s3://bucket/prefix`
 * @param cache what any machine can make again: what is needed of a bucket is kept in it
 * @throws UserError when it is neither
 */
export function storeAt(location: string, cache: string): Store {
  if (!isBucketUrl(location)) return new Store(location);
  return openStore({ location, folder: folderOf(location, cache) });
}

/** The same, where the folder is known. */
export function openStore({ location, folder }: StoreAddress): Store {
  return isBucketUrl(location) ? new BucketStore(parseBucketUrl(location), folder) : new Store(folder);
}

/** Two servers may have a bucket of one name. */
function folderOf(location: string, cache: string): string {
  const address = parseBucketUrl(location);
  const name = shortDigest(JSON.stringify([endpointOf() ?? null, bucketUrl(address)])).slice(0, 12);
  return join(cache, 'buckets', `${address.bucket}-${name}`);
}
