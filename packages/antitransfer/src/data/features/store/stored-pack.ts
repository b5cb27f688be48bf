import { type FileHandle, open } from 'node:fs/promises';
import { shortDigest } from '../../../files/digest.js';
import { isAbsent, namingFile } from '../../../files/file-error.js';
import { MissingFeaturesError } from './missing-features.js';
import {
  bytesOf,
  DamagedPackError,
  discardPack,
  identityOf,
  type PackHeader,
  readPackHeader,
} from './pack.js';

/** Bytes of a row's digest. */
const digestBytes = 16;

/** A pack that is read from, again and again: what of its header that takes, without the keys. */
export class StoredPack {
  #identity = '';
  #offset = 0;
  #digests: Buffer = Buffer.alloc(0);
  /** Rows whose digest was found right: it is computed once a process, not in every epoch. */
  #verified = new Uint8Array(0);

  constructor(
    readonly path: string,
    private readonly rowLength: number,
    header: PackHeader,
  ) {
    this.#take(header);
  }

  /**
   * Opens the file. Another process may have computed it anew since the last time: then it must hold the same numbers,
   * and rows are held against their digests again.
   *
   * @throws MissingFeaturesError when it is gone or holds other numbers, or is damaged: then it is removed
   * @throws FileError when it cannot be read
   */
  open(): Promise<FileHandle> {
    return namingFile(this.path, 'read', async () => {
      const file = await open(this.path).catch((error: unknown) => {
        if (isAbsent(error)) throw new MissingFeaturesError(`"${this.path}" is no longer there`);
        throw error;
      });
      try {
        if (identityOf(await file.stat()) !== this.#identity) {
          const header = await readPackHeader(file, this.path, this.rowLength);
          // As another processor may compute them, or another version of ONNX Runtime.
          if (!this.#digests.equals(digestsOf(header))) {
            throw new MissingFeaturesError(
              `"${this.path}" was replaced by other numbers while it was in use`,
            );
          }
          this.#take(header);
        }
        return file;
      } catch (error) {
        const explained = await this.#explain(file, error);
        await file.close();
        throw explained;
      }
    });
  }

  /**
   * Reads neighbouring rows, each to where it belongs.
   *
   * @param file from {@link open}
   * @throws MissingFeaturesError when the pack is damaged: it is removed
   * @throws FileError when it cannot be read
   */
  read(file: FileHandle, first: number, rows: readonly Float32Array[]): Promise<void> {
    return namingFile(this.path, 'read', () =>
      this.#readRows(file, first, rows).catch(async (error: unknown) => {
        throw await this.#explain(file, error);
      }),
    );
  }

  async #readRows(file: FileHandle, first: number, rows: readonly Float32Array[]): Promise<void> {
    const buffers = rows.map(bytesOf);
    const rowBytes = 4 * this.rowLength;
    const start = this.#offset + first * rowBytes;
    const { bytesRead } = await file.readv(buffers, start);
    // A system may read less than it is asked for: the rest is read a row at a time.
    const whole = Math.floor(bytesRead / rowBytes);
    for (const [i, buffer] of buffers.slice(whole).entries()) {
      await readFully(file, buffer, start + (whole + i) * rowBytes);
    }
    for (const [i, bytes] of buffers.entries()) this.#verify(first + i, bytes);
  }

  /** Damage is said in the user's words, and the file is removed. */
  async #explain(file: FileHandle, error: unknown): Promise<unknown> {
    if (!(error instanceof DamagedPackError)) return error;
    const what = `"${this.path}" is damaged (${error.message})`;
    const outcome = (await discardPack(file, this.path))
      ? ' and was removed'
      : ', and cannot be removed: remove it';
    return new MissingFeaturesError(`${what}${outcome}`, { cause: error });
  }

  #take(header: PackHeader): void {
    this.#identity = header.identity;
    this.#offset = header.offset;
    this.#digests = digestsOf(header);
    this.#verified = new Uint8Array(header.digests.length);
  }

  #verify(row: number, bytes: Uint8Array): void {
    if (this.#verified[row] === 1) return;
    const digest = this.#digests.toString('hex', row * digestBytes, (row + 1) * digestBytes);
    if (shortDigest(bytes) !== digest) throw new DamagedPackError(`row ${row} is not what was written`);
    this.#verified[row] = 1;
  }
}

function digestsOf({ digests }: PackHeader): Buffer {
  return Buffer.from(digests.join(''), 'hex');
}

async function readFully(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new DamagedPackError('it ends too early');
    done += bytesRead;
  }
}
