import { join } from 'node:path';
import { writeWhole } from '../../files/write-whole.js';
import { crc32c } from './crc32c.js';
import type { TrackedRun } from './tracked-run.js';

/**
 * Leaves a training as TensorBoard reads it: a folder a run, in it a file of events.
 *
 * @returns the file
 */
export async function writeTensorBoard(folder: string, run: TrackedRun): Promise<string> {
  // What TensorBoard looks for in a file's name is "tfevents"; a number of ten digits is customary.
  const started = String(Math.floor(run.started)).padStart(10, '0');
  const path = join(folder, run.comparison, run.name, `events.out.tfevents.${started}.antitransfer`);
  await writeWhole(path, eventFile(run));
  return path;
}

/** Events as records of TensorFlow: a length and the event, each with a checksum. */
export function eventFile({ metrics, started }: TrackedRun): Buffer {
  const values = [...metrics].flatMap(([tag, all]) => all.map((one) => ({ tag, ...one })));
  const events = values
    .toSorted((a, b) => a.step - b.step || a.time - b.time)
    .map(({ tag, value, step, time }) => event(time, [varint(2, step), bytes(5, scalar(tag, value))]));
  return Buffer.concat([event(started, [text(3, 'brain.Event:2')]), ...events].flatMap(record));
}

/** `uint64 length, uint32 masked CRC of it, data, uint32 masked CRC of that`, little-endian. */
function record(data: Buffer): Buffer[] {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return [length, maskedChecksum(length), data, maskedChecksum(data)];
}

/** As in TensorFlow's `lib/hash/crc32c.h`: rotated and moved, so that a checksum of checksums is no fixed point. */
function maskedChecksum(data: Buffer): Buffer {
  const sum = crc32c(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

// ---- Protocol buffers: `Event` (event.proto) with a `Summary` (summary.proto) of one value ----

/** `double wall_time = 1`, then what it is about. */
function event(time: number, fields: readonly Buffer[]): Buffer {
  const wallTime = Buffer.alloc(9);
  wallTime[0] = tagOf(1, 1);
  wallTime.writeDoubleLE(time, 1);
  return Buffer.concat([wallTime, ...fields]);
}

/** `repeated Value value = 1`, of which `string tag = 1` and `float simple_value = 2`. */
function scalar(tag: string, value: number): Buffer {
  const simple = Buffer.alloc(5);
  simple[0] = tagOf(2, 5);
  simple.writeFloatLE(value, 1);
  return bytes(1, Buffer.concat([text(1, tag), simple]));
}

/** A field's number and how it is written: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
function tagOf(field: number, type: 0 | 1 | 2 | 5): number {
  return (field << 3) | type;
}

function varint(field: number, value: number): Buffer {
  return Buffer.from([tagOf(field, 0), ...varintBytes(value)]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tagOf(field, 2), ...varintBytes(content.length)]), content]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

/** Seven bits a byte, the lowest first. */
function varintBytes(value: number): number[] {
  const rest = Math.floor(value / 128);
  return rest === 0 ? [value] : [(value % 128) | 128, ...varintBytes(rest)];
}
