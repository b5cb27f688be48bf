import { createHash } from 'node:crypto';
import { UserError } from '../../../errors.js';
import { AudioError } from '../../audio/audio-error.js';
import { readAudioFile } from '../../audio/read-audio-file.js';

/**
 * Files of recordings that are read once: for their digest, and from memory for what is decoded from them. So features are
 * named after the very bytes that they were computed from.
 */
export class HeldFiles {
  readonly #digests = new Map<string, string>();
  readonly #held = new Map<string, Uint8Array>();

  /**
   * Digest of a file's bytes; undefined where it cannot be read: whoever decodes it says why.
   *
   * @param holds whether its bytes stay in memory for {@link load}
   */
  async digest(path: string, holds: boolean): Promise<string | undefined> {
    const known = this.#digests.get(path);
    if (known !== undefined) return known;
    const bytes = await readAudioFile(path).catch((error: unknown) => {
      if (error instanceof AudioError) return undefined;
      throw error;
    });
    if (bytes === undefined) return undefined;
    const digest = digestOf(bytes);
    this.#digests.set(path, digest);
    if (holds) this.#held.set(path, bytes);
    return digest;
  }

  /**
   * A file's bytes.
   *
   * @throws AudioError when it cannot be read
   * @throws UserError when they are others than those whose digest was told
   */
  async load(path: string): Promise<Uint8Array> {
    const held = this.#held.get(path);
    if (held !== undefined) return held;
    const bytes = await readAudioFile(path);
    const known = this.#digests.get(path);
    if (known === undefined || digestOf(bytes) === known) return bytes;
    throw changed(path);
  }

  /** Forgets files and their digests, but for some that many clips share. */
  release(stay: ReadonlySet<string>): void {
    this.#held.clear();
    for (const path of this.#digests.keys()) if (!stay.has(path)) this.#digests.delete(path);
  }
}

/** What is said of a file that is not what it was. */
export function changed(path: string, noise?: string): UserError {
  const files = noise === undefined ? `"${path}"` : `"${path}" or its noise "${noise}"`;
  return new UserError(`${files} changed while features were computed from it. Run the same command again.`);
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
