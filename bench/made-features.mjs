// Features of many hours, made up, of the paper's front end, written as a FeatureStore writes them.
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { featurePresets } from '../packages/antitransfer/dist/data/features/settings.js';
import { settingsKey } from '../packages/antitransfer/dist/data/features/store/clip-keys.js';
import { FeatureStore } from '../packages/antitransfer/dist/data/features/store/feature-store.js';
import { PackDraft } from '../packages/antitransfer/dist/data/features/store/pack-draft.js';
import { shortDigest } from '../packages/antitransfer/dist/files/digest.js';

export const settings = featurePresets.paper;
/** A second of sound, of one clip. */
export const shape = /** @type {const} */ ([1, 126, 129]);
export const rowLength = 126 * 129;

/** @param {number} row */
export function keyOf(row) {
  return shortDigest(`made features ${row}`);
}

/** @param {number} count */
export function keysOf(count) {
  return Array.from({ length: count }, (_, row) => keyOf(row));
}

/** Opens the first rows. @param {string} folder @param {number} count */
export function openMade(folder, count) {
  return new FeatureStore(folder).open(settings, keysOf(count));
}

/** Writes the rows; the first number of each says which it is. @param {string} folder @param {number} count */
export async function writeMade(folder, count) {
  const begin = performance.now();
  const draft = new PackDraft(join(folder, settingsKey(settings)), rowLength, count);
  const made = Float32Array.from({ length: rowLength }, (_, i) => Math.abs(Math.sin(i * i)));
  for (let row = 0; row < count; row++) {
    made[0] = row;
    draft.add(keyOf(row), made);
    if (draft.isFull) await draft.write();
  }
  await draft.write();
  return { seconds: (performance.now() - begin) / 1000, peakMiB: peakMiB() };
}

/** Whether the store is empty; ends the process where there is no room to fill it. @param {string} folder @param {number} count */
export async function needsWriting(folder, parent, count) {
  const { files } = await new FeatureStore(folder).usage();
  if (files > 0) return false;
  const bytes = count * rowLength * 4;
  const { bavail, bsize } = await statfs(parent);
  if (bavail * bsize > 1.1 * bytes) return true;
  console.error(
    `--folder "${parent}" has room for ${gigabytes(bavail * bsize)}; ${gigabytes(bytes)} are wanted.`,
  );
  process.exit(2);
}

/** The first rows, in memory. @param {Awaited<ReturnType<typeof openMade>>} stored @param {number} count */
export async function readIntoMemory(stored, count) {
  const data = new Float32Array(count * rowLength);
  for (let row = 0; row < count; row += 64) {
    const rows = Array.from({ length: Math.min(64, count - row) }, (_, i) => row + i);
    await stored.read(rows, data.subarray(row * rowLength, (row + rows.length) * rowLength));
  }
  return data;
}

export function peakMiB() {
  return process.resourceUsage().maxRSS / 1024;
}

/** @param {number} bytes */
export function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** @param {number[]} list */
export function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
