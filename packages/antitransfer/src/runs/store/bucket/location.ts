import { UserError } from '../../../errors.js';

/** Where in a bucket a store is. */
export interface BucketLocation {
  readonly bucket: string;
  /** Before the names of its objects: empty, or it ends with a slash. */
  readonly prefix: string;
}

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i;

/** What buckets may be called: letters in lower case, digits, dots and hyphens (older ones may have capitals and underscores). */
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/;

/** Whether a store is in a bucket, by how it is named; any other name is a folder's. */
export function isBucketUrl(store: string): boolean {
  return scheme.test(store);
}

/**
 * Takes `s3://bucket/prefix` apart.
 *
 * @throws UserError when it is of another kind, or names no bucket
 */
export function parseBucketUrl(url: string): BucketLocation {
  const kind = scheme.exec(url)?.[1]?.toLowerCase();
  if (kind !== 's3') {
    throw new UserError(
      `"${withoutSecrets(url)}" cannot be a store: a store is a folder, or s3://BUCKET/PREFIX. Other object stores have S3 addresses, too: ` +
        'name theirs in AWS_ENDPOINT_URL_S3.',
    );
  }
  const [bucket = '', ...parts] = url.slice('s3://'.length).split('/');
  if (!bucketName.test(bucket)) {
    throw new UserError(
      `"${withoutSecrets(url)}" names no bucket: it must be s3://BUCKET or s3://BUCKET/PREFIX, with 3 to 63 letters, digits, dots or ` +
        'hyphens as BUCKET. Keys and passwords do not belong there: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    );
  }
  const names = parts.filter((part) => part !== '');
  return { bucket, prefix: names.map((name) => `${name}/`).join('') };
}

/** The address of a location, or of an object there, in one form. */
export function bucketUrl({ bucket, prefix }: BucketLocation, key = ''): string {
  return `s3://${bucket}/${prefix}${key}`.replace(/\/$/, '');
}

/** Somebody may have put a password where none belongs. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//…@');
}
