import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { shortDigest } from '../../../files/digest.js';
import { writeWhole } from '../../../files/write-whole.js';

/**
 * A file of features: the length of a header (four bytes, little-endian), the header (JSON), then rows of float32.
 * It is written once and never changed, so any number of processes may read it.
 */
const packHeader = z.object({
  /** Numbers in a row: the features of one clip. */
  rowLength: z.int().positive(),
  keys: z.array(z.string()),
  /** Digest of each row's bytes. */
  digests: z.array(z.string()),
});

/** A pack's bytes are not what was written. */
export class DamagedPackError extends Error {
  override readonly name = 'DamagedPackError';
}

/** An open pack. */
export class Pack {
  /** Position of each key's row. */
  readonly positions: ReadonlyMap<string, number>;

  private constructor(
    private readonly file: FileHandle,
    private readonly header: z.infer<typeof packHeader>,
    private readonly offset: number,
  ) {
    this.positions = new Map(header.keys.map((key, position) => [key, position]));
  }

  /** @throws DamagedPackError, or an error of the file system */
  static async open(path: string, rowLength: number): Promise<Pack> {
    const file = await open(path);
    try {
      const size = (await readAt(file, 0, 4)).readUInt32LE();
      if (size > (await file.stat()).size) throw new DamagedPackError(path);
      const header = parseHeader(await readAt(file, 4, size), path);
      if (header.rowLength !== rowLength || header.keys.length !== header.digests.length) {
        throw new DamagedPackError(path);
      }
      return new Pack(file, header, 4 + size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Reads the row at a position. @throws DamagedPackError */
  async read(position: number, row: Float32Array): Promise<void> {
    const bytes = bytesOf(row);
    const { bytesRead } = await this.file.read(bytes, 0, bytes.length, this.offset + position * bytes.length);
    if (bytesRead < bytes.length || shortDigest(bytes) !== this.header.digests[position]) {
      throw new DamagedPackError(`row ${position}`);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/**
 * Writes a pack; nobody ever sees half of one.
 *
 * @param rows by key, at least one, of equal length
 */
export async function writePack(path: string, rows: ReadonlyMap<string, Float32Array>): Promise<void> {
  const bytes = [...rows.values()].map(bytesOf);
  const [first] = rows.values();
  const header = {
    rowLength: first?.length,
    keys: [...rows.keys()],
    digests: bytes.map((row) => shortDigest(row)),
  };
  const encoded = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(encoded.length);
  await writeWhole(path, [size, encoded, ...bytes]);
}

function parseHeader(bytes: Buffer, path: string): z.infer<typeof packHeader> {
  try {
    return packHeader.parse(JSON.parse(bytes.toString()));
  } catch (error) {
    throw new DamagedPackError(path, { cause: error });
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw new DamagedPackError('it ends too early');
  return bytes;
}

function bytesOf(row: Float32Array): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}
