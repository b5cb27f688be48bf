import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type FileRecord, sha256 } from '../../files/digest.js';
import { DamagedFileError, namingFile } from '../../files/file-error.js';
import { readWhole } from '../../files/read-whole.js';
import { writeWhole } from '../../files/write-whole.js';

const shape = {
  version: z.literal(1),
  /** Clips that were looked at. */
  clips: z.int().nonnegative(),
  /** In the order in which they follow each other. */
  taps: z.array(z.strictObject({ name: z.string(), channels: z.int().positive() })),
};

/** Before the maps of one epoch, while its training is under way. */
const epochHeader = z.strictObject({
  ...shape,
  /** The training that they are of. */
  job: z.string(),
  epoch: z.int().positive(),
  /** Of the maps' bytes. */
  sha256: z.string(),
});

/** Before the maps of all epochs. */
const fileHeader = z.strictObject({ ...shape, epochs: z.int().nonnegative() });

/** What was looked at: the same in every epoch. */
export interface ObservedShape {
  readonly clips: number;
  readonly taps: readonly { readonly name: string; readonly channels: number }[];
}

/** Bytes before a header: its length, little-endian. */
const lengthBytes = 4;

/**
 * What a network under training says of validation clips after each epoch: its maps at every tap, averaged over time and
 * frequency, so that whoever asks later how it came to its answers need not train it again. Each epoch is a file of its own,
 * written whole, before the epoch counts as done.
 *
 * A file is the length of a header, the header (JSON), then float32: for each tap `clips x channels`, row after row.
 */
export class EpochMaps {
  /** @param folder of the training's checkpoints */
  constructor(
    readonly folder: string,
    readonly job: string,
    readonly shape: ObservedShape,
  ) {}

  /** @param rows `clips x channels`, the channels of one tap after another's */
  async write(epoch: number, rows: Float32Array): Promise<void> {
    const data = bytesOf(byTap(rows, this.shape));
    const { clips, taps } = this.shape;
    const header: z.infer<typeof epochHeader> = {
      version: 1,
      clips,
      taps: [...taps],
      job: this.job,
      epoch,
      sha256: sha256(data),
    };
    await writeWhole(this.#path(epoch), [...headed(header), data]);
  }

  /**
   * Makes one file of all epochs.
   *
   * @returns what it holds; `undefined` when an epoch's file is gone or damaged: only the training itself can make it again.
   */
  async pack(path: string, epochs: number): Promise<FileRecord | undefined> {
    const hash = createHash('sha256');
    let bytes = 0;
    const read = (part: Uint8Array) => {
      hash.update(part);
      bytes += part.byteLength;
    };
    try {
      await writeWhole(path, this.#parts(epochs, read));
    } catch (error) {
      if (error instanceof MissingEpochError) return undefined;
      throw error;
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  /** The parts of one file of all epochs, each told before it is given: no more than one epoch is in memory. */
  async *#parts(epochs: number, tell: (part: Uint8Array) => void): AsyncGenerator<Uint8Array> {
    const { clips, taps } = this.shape;
    const header: z.infer<typeof fileHeader> = { version: 1, clips, taps: [...taps], epochs };
    for (const part of headed(header)) {
      tell(part);
      yield part;
    }
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const part = await this.#read(epoch);
      tell(part);
      yield part;
    }
  }

  async #read(epoch: number): Promise<Uint8Array> {
    const bytes = await readWhole(this.#path(epoch));
    const found = bytes && split(bytes, epochHeader);
    const isOurs =
      found?.header.job === this.job &&
      found.header.epoch === epoch &&
      found.data.byteLength === epochBytes(this.shape) &&
      found.header.sha256 === sha256(found.data);
    if (!isOurs) throw new MissingEpochError();
    return found.data;
  }

  #path(epoch: number): string {
    return join(this.folder, `maps-${epoch}.bin`);
  }
}

/** An epoch's maps are not there, or not what was written. */
class MissingEpochError extends Error {}

/** The maps of all epochs of a training that is done. */
export class ValidationMaps {
  private constructor(
    readonly file: FileHandle,
    readonly shape: ObservedShape & { readonly epochs: number },
    readonly offset: number,
  ) {}

  /**
   * Opens them; close them when they are read.
   *
   * @throws DamagedFileError when they are not what they were, FileError when they cannot be read
   */
  static async open(path: string): Promise<ValidationMaps> {
    return namingFile(path, 'read', async () => {
      const file = await open(path);
      try {
        const length = (await readAt(file, 0, lengthBytes)).readUInt32LE();
        const header = parseHeader(await readAt(file, lengthBytes, length), fileHeader);
        const { size } = await file.stat();
        const offset = lengthBytes + length;
        if (header !== undefined && size === offset + header.epochs * epochBytes(header))
          return new ValidationMaps(file, header, offset);
      } catch (error) {
        await file.close();
        throw error;
      }
      await file.close();
      throw new DamagedFileError(path, 'its header is not what it was, or another is behind it');
    });
  }

  /**
   * The maps at a tap after an epoch: `clips x channels`, row after row.
   *
   * @param epoch from 1
   */
  async read(epoch: number, tap: string): Promise<Float32Array> {
    const { clips, taps } = this.shape;
    const index = taps.findIndex(({ name }) => name === tap);
    const channels = taps[index]?.channels;
    if (channels === undefined)
      throw new RangeError(`No maps at "${tap}"; there are ${taps.map(({ name }) => name).join(', ')}.`);
    const before = taps.slice(0, index).reduce((sum, other) => sum + other.channels, 0);
    const start = this.offset + (epoch - 1) * epochBytes(this.shape) + 4 * clips * before;
    const bytes = await readAt(this.file, start, 4 * clips * channels);
    return new Float32Array(bytes.buffer, bytes.byteOffset, clips * channels);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function epochBytes({ clips, taps }: ObservedShape): number {
  return 4 * clips * taps.reduce((sum, { channels }) => sum + channels, 0);
}

/** Rows of all taps' channels as the rows of each tap, one tap after another. */
function byTap(rows: Float32Array, { clips, taps }: ObservedShape): Float32Array {
  const ordered = new Float32Array(rows.length);
  const width = rows.length / Math.max(1, clips);
  let [first, end] = [0, 0];
  for (const { channels } of taps) {
    for (let clip = 0; clip < clips; clip++, end += channels) {
      ordered.set(rows.subarray(clip * width + first, clip * width + first + channels), end);
    }
    first += channels;
  }
  return ordered;
}

function headed(header: object): readonly [Uint8Array, Uint8Array] {
  const encoded = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(encoded.length);
  return [length, encoded];
}

function split<S extends z.ZodType>(bytes: Buffer, schema: S) {
  if (bytes.length < lengthBytes) return undefined;
  const start = lengthBytes + bytes.readUInt32LE();
  const header = parseHeader(bytes.subarray(lengthBytes, start), schema);
  return header && { header, data: bytes.subarray(start) };
}

function parseHeader<S extends z.ZodType>(bytes: Buffer, schema: S): z.infer<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(bytes.toString())).data;
  } catch {
    return undefined;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Bytes of their own, so that numbers in them stand where numbers may. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new RangeError('The file of maps ends too early.');
    done += bytesRead;
  }
  return bytes;
}
