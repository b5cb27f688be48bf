import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OnnxFormatError } from '../../errors.js';
import { makeFolder } from '../../runtime/node/make-folder.js';
import { readSafetensors, writeSafetensors } from '../safetensors.js';
import {
  ofSnapshotTensors,
  type Progress,
  progressOf,
  readProgress,
  type Snapshot,
  type StoredSnapshot,
  snapshotTensors,
} from '../snapshot.js';

/** Names of the files with the numbers. */
const tensorsForm = /^snapshot-[^/\\]*\.safetensors$/;

interface SnapshotFile extends Progress {
  readonly tensors: string;
  readonly extra: unknown;
}

/**
 * Writes a snapshot into a folder: numbers as safetensors, the rest as JSON. The JSON file is renamed into place last,
 * so that a process killed at any moment leaves the snapshot before or this one, never half of one.
 *
 * @param extra anything that JSON can hold, for example epoch and place in the batch order.
 */
export async function saveSnapshot(folder: string, snapshot: Snapshot, extra: unknown = null): Promise<void> {
  await makeFolder(folder);
  // A name that no earlier save has used: the file of the snapshot before must stay whole until the end.
  const tensors = `snapshot-${snapshot.step}-${process.pid}-${process.hrtime.bigint()}.safetensors`;
  await writeFile(join(folder, tensors), writeSafetensors(snapshotTensors(snapshot)));
  const content: SnapshotFile = { tensors, ...progressOf(snapshot), extra };
  const draft = join(folder, `snapshot.json.${process.pid}`);
  await writeFile(draft, JSON.stringify(content));
  await rename(draft, join(folder, 'snapshot.json'));
  const isOld = (name: string) =>
    (tensorsForm.test(name) || name.startsWith('snapshot.json.')) && name !== tensors;
  const old = (await readdir(folder)).filter(isOld);
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

/**
 * Reads the snapshot of a folder; `undefined` when there is none.
 *
 * @throws OnnxFormatError when what is there is damaged or no snapshot; it names the file.
 */
export async function loadSnapshot(folder: string): Promise<StoredSnapshot | undefined> {
  const path = join(folder, 'snapshot.json');
  const json = await readIfThere(path);
  if (json === undefined) return undefined;
  const { progress, content } = readProgress(json.toString('utf8'), `"${path}"`);
  const { tensors, extra } = content;
  if (typeof tensors !== 'string' || !tensorsForm.test(tensors)) {
    throw new OnnxFormatError(
      `"${path}" is not a snapshot's: "tensors" is ${JSON.stringify(tensors)}, no name of a file.`,
    );
  }
  const bytes = await readIfThere(join(folder, tensors));
  if (bytes === undefined) {
    throw new OnnxFormatError(`"${path}" wants the file "${tensors}" beside it, which is not there.`);
  }
  return { snapshot: { ...ofSnapshotTensors(readSafetensors(bytes)), ...progress }, extra };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
