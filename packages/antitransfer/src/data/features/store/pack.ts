import type { Stats } from 'node:fs';
import { type FileHandle, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../../files/canonical-json.js';
import { shortDigest } from '../../../files/digest.js';
import { isAbsent } from '../../../files/file-error.js';
import { writeWhole } from '../../../files/write-whole.js';

/** Ends the name of a pack. */
export const packSuffix = '.pack';

/**
 * A file of features: the length of a header (four bytes, little-endian), the header (JSON), then rows of float32.
 * It is written once and never changed, so any number of processes may read it. Its name is the digest of its keys: a
 * pack of this name, whoever wrote it, has these rows in this order.
 */
const packHeader = z.object({
  version: z.literal(3),
  /** Numbers in a row: the features of one clip. */
  rowLength: z.int().positive(),
  keys: z.array(z.string()),
  /** Digest of each row's bytes. */
  digests: z.array(z.string()),
  /** Length of each row's clip: samples at the settings' rate, before they were cut or padded. */
  lengths: z.array(z.int().nonnegative()),
  /** The loudest sample of what each row was computed from, of a full scale of 1. */
  peaks: z.array(z.number().nonnegative()),
  /** Of all that stands above: names and digests would not show a damaged length. */
  digest: z.string(),
});

type PackFacts = Omit<z.infer<typeof packHeader>, 'digest'>;

function sealOf(facts: PackFacts): string {
  return shortDigest(canonicalJson(facts));
}

/** What a pack says of itself. */
export interface PackHeader extends Readonly<z.infer<typeof packHeader>> {
  /** Where the first row begins, in bytes. */
  readonly offset: number;
  /** Tells this file from another one that has taken its name since. */
  readonly identity: string;
}

/** What a pack holds of one clip. */
export interface PackRow {
  readonly features: Float32Array;
  /** Of the clip: samples at the settings' rate, before they were cut or padded. */
  readonly length: number;
  /** The loudest sample of what the features were computed from, of a full scale of 1. */
  readonly peak: number;
}

/** A pack's bytes are not what was written. */
export class DamagedPackError extends Error {
  override readonly name = 'DamagedPackError';
}

/**
 * Reads the header of an open pack, and holds the file's size and name against it; not the rows.
 *
 * @throws DamagedPackError, or an error of the file system
 */
export async function readPackHeader(file: FileHandle, path: string, rowLength: number): Promise<PackHeader> {
  const stats = await file.stat();
  const { size } = stats;
  const headerBytes = (await readAt(file, 0, 4)).readUInt32LE();
  if (4 + headerBytes > size) throw new DamagedPackError('it ends before its rows');
  const header = parsePackHeader(await readAt(file, 4, headerBytes));
  const offset = 4 + headerBytes;
  const rows = header.keys.length;
  if (
    header.rowLength !== rowLength ||
    [header.digests, header.lengths, header.peaks].some(({ length }) => length !== rows)
  ) {
    throw new DamagedPackError('its header contradicts itself');
  }
  if (basename(path) !== packName(header.keys))
    throw new DamagedPackError('its keys are not those of its name');
  const expected = offset + header.keys.length * rowLength * 4;
  if (size !== expected) throw new DamagedPackError(`it has ${size} bytes, not ${expected}`);
  return { ...header, offset, identity: identityOf(stats) };
}

/** Tells a file from another one of the same name. */
export function identityOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join();
}

/**
 * Removes a damaged pack, unless another process has put a sound one in its place.
 *
 * @param file the damaged one, open
 * @returns whether it is gone: where it cannot be removed, its clips are computed anew and replace it
 */
export async function discardPack(file: FileHandle, path: string): Promise<boolean> {
  try {
    const [damaged, current] = [await file.stat(), await stat(path)];
    if (damaged.ino === current.ino && damaged.dev === current.dev) await rm(path, { force: true });
    return true;
  } catch (error) {
    return isAbsent(error);
  }
}

/**
 * Writes a pack; nobody ever sees half of one.
 *
 * @param folder made when it does not exist
 * @param rows by key, at least one, of equal length
 * @throws FileError when it cannot be written
 */
export async function writePack(folder: string, rows: ReadonlyMap<string, PackRow>): Promise<void> {
  const bytes = [...rows.values()].map(({ features }) => bytesOf(features));
  const [first] = rows.values();
  const facts: PackFacts = {
    version: 3,
    rowLength: first?.features.length ?? 0,
    keys: [...rows.keys()],
    digests: bytes.map((row) => shortDigest(row)),
    lengths: [...rows.values()].map(({ length }) => length),
    peaks: [...rows.values()].map(({ peak }) => peak),
  };
  const encoded = Buffer.from(JSON.stringify({ ...facts, digest: sealOf(facts) }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(encoded.length);
  // The same clips make the same name: two processes that computed them leave one pack.
  await writeWhole(join(folder, packName(facts.keys)), [size, encoded, ...bytes]);
}

function packName(keys: readonly string[]): string {
  return `${shortDigest(keys.join())}${packSuffix}`;
}

/** What stands behind the first four bytes of a pack. @throws DamagedPackError */
export function parsePackHeader(bytes: Buffer): z.infer<typeof packHeader> {
  try {
    const header = packHeader.parse(JSON.parse(bytes.toString()));
    const { digest, ...facts } = header;
    if (digest === sealOf(facts)) return header;
  } catch (error) {
    throw new DamagedPackError('its header cannot be read', { cause: error });
  }
  throw new DamagedPackError('its header is not what was written');
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw new DamagedPackError('it ends too early');
  return bytes;
}

/** The bytes of a row, in place. */
export function bytesOf(row: Float32Array): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}
