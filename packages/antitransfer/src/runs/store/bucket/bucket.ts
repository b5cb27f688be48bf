import { setTimeout as wait } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { UserError } from '../../../errors.js';
import { sha256 } from '../../../files/digest.js';
import { DamagedObjectError, endpointOf, explained } from './bucket-error.js';
import { type BucketLocation, bucketUrl } from './location.js';

/** How often a request is made before it is given up: with pauses that double up to 20 s, some two minutes. */
const ATTEMPTS = 10;

/** How often an object is fetched that breaks off or is not what its digest says, and the first pause between. */
const FETCHES = 4;
const PAUSE_MS = 250;

/** A server that does not answer is asked again after this. */
const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;

/** Objects that one request may remove. */
const REMOVED_AT_ONCE = 1000;

/** What a list says of an object. */
export interface ListedObject {
  /** Below the store's prefix. */
  readonly key: string;
  readonly bytes: number;
  /** When it was written, by the server's clock: milliseconds, in whole seconds. */
  readonly modified: number;
}

type Library = typeof import('@aws-sdk/client-s3');

/**
 * The objects of a store in a bucket. Requests that fail for a time (a lost network, a server that says "slow down") are made
 * again by Amazon's client, with pauses that grow. An object carries the digest of its bytes, and is held against it
 * when it is read.
 *
 * It relies on what every S3 server of these years does: an object is there whole or not at all, and whoever writes one and
 * lists then finds it, and finds what others wrote before. No write has a condition: not all servers know that.
 */
export class S3Bucket {
  #connected: Promise<{ readonly library: Library; readonly client: S3Client }> | undefined;

  constructor(readonly location: BucketLocation) {}

  url(key = ''): string {
    return bucketUrl(this.location, key);
  }

  /**
   * All of an object; `undefined` when there is none.
   *
   * @throws DamagedObjectError when it is not what was written, however often it is fetched
   * @throws BucketError when it cannot be read
   */
  async get(key: string): Promise<Buffer | undefined> {
    for (let attempt = 1; ; attempt++) {
      const fetched = await this.#fetch(key);
      if (fetched === undefined) return undefined;
      const { bytes, digest } = fetched;
      if (bytes instanceof Uint8Array && (digest === undefined || sha256(bytes) === digest)) return bytes;
      if (attempt >= FETCHES) {
        if (bytes instanceof Uint8Array)
          throw new DamagedObjectError(this.url(key), 'its digest is of another content');
        throw explained(this.location, 'read', bytes, key);
      }
      await wait(PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }

  /** What the server sends, and its digest; an error where the connection breaks in the middle: there the client begins nothing anew. */
  async #fetch(
    key: string,
  ): Promise<{ readonly bytes: Buffer | Error; readonly digest: string | undefined } | undefined> {
    return this.#explaining('read', key, async ({ library, client }) => {
      const found = await client
        .send(new library.GetObjectCommand(this.#object(key)))
        .catch(undefinedIfAbsent);
      if (found === undefined) return undefined;
      const bytes = await bytesOf(found.Body).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      return { bytes, digest: found.Metadata?.sha256 };
    });
  }

  /**
   * Some bytes of an object, from `first` on; fewer at its end.
   *
   * @returns `undefined` when there is none
   * @throws BucketError when it cannot be read
   */
  async getPart(key: string, first: number, length: number): Promise<Buffer | undefined> {
    const Range = `bytes=${first}-${first + length - 1}`;
    return this.#explaining('read', key, async ({ library, client }) => {
      const part = new library.GetObjectCommand({ ...this.#object(key), Range });
      try {
        const found = await client.send(part).catch(undefinedIfAbsent);
        return found && (await bytesOf(found.Body));
      } catch (error) {
        // It ends before.
        if (error instanceof Error && error.name === 'InvalidRange') return Buffer.alloc(0);
        throw error;
      }
    });
  }

  /** Writes an object, whole. @throws BucketError when it cannot be written */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    const Metadata = { sha256: sha256(bytes) };
    await this.#explaining('written', key, ({ library, client }) =>
      client.send(new library.PutObjectCommand({ ...this.#object(key), Body: bytes, Metadata })),
    );
  }

  /** Whether there is an object of that name. @throws BucketError when the server does not tell */
  async has(key: string): Promise<boolean> {
    for await (const { key: found } of this.list(key)) if (found === key) return true;
    return false;
  }

  /**
   * Objects whose names begin so, in the order of their names.
   *
   * @throws BucketError when they cannot be listed
   */
  async *list(beginning: string): AsyncGenerator<ListedObject> {
    const { bucket: Bucket, prefix } = this.location;
    for (let token: string | undefined; ; ) {
      const page = await this.#explaining('listed', beginning, ({ library, client }) =>
        client.send(
          new library.ListObjectsV2Command({
            Bucket,
            Prefix: `${prefix}${beginning}`,
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key, Size = 0, LastModified } of page.Contents ?? []) {
        if (Key === undefined || LastModified === undefined) continue;
        yield { key: Key.slice(prefix.length), bytes: Size, modified: LastModified.getTime() };
      }
      token = page.NextContinuationToken;
      if (token === undefined) return;
    }
  }

  /** Removes objects, in their order; those that are gone are no error. @throws BucketError when they cannot be removed */
  async remove(keys: readonly string[]): Promise<void> {
    const { bucket: Bucket, prefix } = this.location;
    for (let first = 0; first < keys.length; first += REMOVED_AT_ONCE) {
      const some = keys.slice(first, first + REMOVED_AT_ONCE);
      await this.#explaining('written', some[0] ?? '', async ({ library, client }) => {
        const Objects = some.map((key) => ({ Key: `${prefix}${key}` }));
        const { Errors = [] } = await client.send(
          new library.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        );
        const [refused] = Errors;
        if (refused === undefined) return;
        throw Object.assign(new Error(refused.Message ?? ''), {
          name: refused.Code ?? 'Error',
          $metadata: { httpStatusCode: refused.Code === 'AccessDenied' ? 403 : 400 },
        });
      });
    }
  }

  #object(key: string) {
    return { Bucket: this.location.bucket, Key: `${this.location.prefix}${key}` };
  }

  async #explaining<T>(
    doing: 'read' | 'written' | 'listed',
    key: string,
    work: (connected: { readonly library: Library; readonly client: S3Client }) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(await this.#connect());
    } catch (error) {
      throw explained(this.location, doing, error, key);
    }
  }

  #connect() {
    this.#connected ??= connect();
    return this.#connected;
  }
}

async function connect() {
  const library = await load();
  const { AWS_MAX_ATTEMPTS, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const endpoint = endpointOf();
  // Amazon's tools read AWS_DEFAULT_REGION, its library does not; servers of one's own have no regions.
  const region = AWS_REGION || AWS_DEFAULT_REGION || (endpoint === undefined ? undefined : 'us-east-1');
  const client = new library.S3Client({
    ...(region !== undefined && { region }),
    // A bucket need not be a name of the network where the server is one's own.
    forcePathStyle: endpoint !== undefined,
    ...(AWS_MAX_ATTEMPTS === undefined && { maxAttempts: ATTEMPTS }),
    // Digests of our own go with each object; not every server knows the client's.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
  });
  return { library, client };
}

async function load(): Promise<Library> {
  // On Node 20 it would tell, in every process of a training, that its versions of 2027 want another.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    throw new UserError(
      'A store in a bucket is read by @aws-sdk/client-s3, which is not installed with antitransfer, or does not run here: ' +
        '"npm install @aws-sdk/client-s3". A store in a folder needs nothing.',
      { cause: error },
    );
  }
}

async function bytesOf(body: { transformToByteArray(): Promise<Uint8Array> } | undefined): Promise<Buffer> {
  return Buffer.from((await body?.transformToByteArray()) ?? []);
}

/** For `catch`: there is no such object. That there is no such bucket is an error. */
function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
  throw error;
}
