import { codeOf, UserError } from '../../../errors.js';
import { type BucketLocation, bucketUrl } from './location.js';

/** A bucket cannot be reached, read or written, for a reason that its server gives. */
class BucketError extends UserError {
  override readonly name: string = 'BucketError';
}

/** An object is not what was written, however often it was fetched. */
export class DamagedObjectError extends UserError {
  override readonly name: string = 'DamagedObjectError';

  constructor(url: string, reason: string) {
    super(
      `"${url}" is damaged: ${reason}. Remove it and run the same command again: what was in it is computed anew.`,
    );
  }
}

/** What an error of the client says of itself. */
interface ClientError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What to do, by the error's name. */
const remedies: Readonly<Record<string, string>> = {
  InvalidAccessKeyId:
    'The server does not know that access key: see AWS_ACCESS_KEY_ID or AWS_PROFILE, and whether AWS_ENDPOINT_URL_S3 is the server that gave it.',
  SignatureDoesNotMatch: 'The secret key is another: see AWS_SECRET_ACCESS_KEY or AWS_PROFILE.',
  ExpiredToken: 'Credentials are no longer valid: get new ones; the same command continues.',
  ExpiredTokenException: 'Credentials are no longer valid: get new ones; the same command continues.',
  InvalidToken: 'The session token is another: see AWS_SESSION_TOKEN.',
  RequestTimeTooSkewed: 'The clock of this machine is wrong.',
  CredentialsProviderError:
    'There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
  NoSuchBucket: 'There is no such bucket on that server: make it first, or correct --store.',
  PermanentRedirect: 'The bucket is in another region: set AWS_REGION.',
  AuthorizationHeaderMalformed: 'The bucket is in another region: set AWS_REGION.',
  IllegalLocationConstraintException: 'The bucket is in another region: set AWS_REGION.',
  QuotaExceeded: 'Make room; the same command continues.',
};

const forbidden =
  'These credentials may not do that: they need ListBucket, GetObject, PutObject and DeleteObject.';
const unreachable =
  'See whether the server runs and is reached from here; its address is AWS_ENDPOINT_URL_S3 (or AWS_ENDPOINT_URL), Amazon ' +
  'itself where neither is set. The same command continues.';
const busy = 'The server was asked several times, with pauses. The same command continues.';

/** The error to be told of what went wrong with a bucket. It quotes where, and says what to do; it holds no credential. */
export function explained(
  location: BucketLocation,
  doing: 'read' | 'written' | 'listed',
  error: unknown,
  key?: string,
): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const { name, message, $metadata }: ClientError = error;
  const at = endpointName();
  const what = `"${bucketUrl(location, key)}" (${at}) cannot be ${doing}`;
  if (message === 'Region is missing')
    return new BucketError(`${what}: no region is known. Set AWS_REGION, to that of the bucket.`);
  const status = $metadata?.httpStatusCode;
  const reason = name === 'Error' ? message : `${name}: ${message}`;
  const remedy = remedies[name] ?? byStatus(status);
  if (remedy !== undefined) return new BucketError(`${what}: ${reason}. ${remedy}`.replaceAll('..', '.'));
  if (isOfNetwork(error)) return new BucketError(`${what}: ${reason}. ${unreachable}`.replaceAll('..', '.'));
  return error;
}

function byStatus(status: number | undefined): string | undefined {
  if (status === 401 || status === 403) return forbidden;
  if (status === 301 || status === 307) return remedies.PermanentRedirect;
  if (status === 404) return remedies.NoSuchBucket;
  if (status !== undefined && (status === 429 || status >= 500)) return busy;
  return status === undefined ? undefined : 'See AWS_ENDPOINT_URL_S3 and AWS_REGION.';
}

/** Errors of sockets have codes; the client has names of its own for what lasts too long. */
function isOfNetwork(error: Error): boolean {
  return codeOf(error) !== undefined || error.name === 'TimeoutError' || error.message.includes('socket');
}

/** The server's address, without a password that may be in it. */
function endpointName(): string {
  const endpoint = endpointOf();
  if (endpoint === undefined) return 'Amazon S3';
  try {
    return new URL(endpoint).origin;
  } catch {
    return 'AWS_ENDPOINT_URL_S3, which is no address';
  }
}

/** Where the server is, when it is not Amazon's. */
export function endpointOf({ AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env): string | undefined {
  return AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined;
}
