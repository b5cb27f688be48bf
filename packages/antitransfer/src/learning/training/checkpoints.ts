import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readSnapshot, type Snapshot, writeSnapshot } from 'onnx-autograd';
import { snapshotTensors } from 'onnx-autograd/internal';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { sha256 } from '../../files/digest.js';
import { readWhole } from '../../files/read-whole.js';
import { removeOldDrafts, writeWhole } from '../../files/write-whole.js';
import { progressSchema, type TrainingProgress } from './progress.js';

/** A training to be continued: its last checkpoint, and the weights of its best epoch once there is one. */
export interface Checkpoint {
  readonly snapshot: Snapshot;
  readonly progress: TrainingProgress;
  readonly best: Snapshot | undefined;
}

/** What is stored beside a snapshot's numbers. */
const sealed = z.strictObject({
  version: z.literal(1),
  /** The training that it is of. */
  fingerprint: z.string(),
  /** What the training said of it. */
  content: z.unknown(),
  /** Of all of it. */
  digest: z.string(),
});

type Sealed = z.infer<typeof sealed>;

const checkpointFile = 'checkpoint.safetensors';
const bestForm = /^best-\d+\.safetensors$/;

/** The files by which a training continues, in a folder of its own. Each is whole, and says whose it is. */
export class Checkpoints {
  /** @param fingerprint names the training: the files of another are refused. */
  constructor(
    readonly folder: string,
    readonly fingerprint: string,
  ) {}

  /**
   * What there is to continue; `undefined` when there is nothing, or it is damaged, so that the training begins anew.
   *
   * @throws UserError when the folder holds another training.
   */
  async load(): Promise<Checkpoint | undefined> {
    await removeOldDrafts(this.folder);
    const found = await this.#read(checkpointFile);
    if (found === undefined) return undefined;
    const parsed = progressSchema.safeParse(found.content);
    // Of another version: what it says of the training is not what is said now.
    if (!parsed.success) return undefined;
    const progress = parsed.data;
    if (progress.best === undefined) return { snapshot: found.snapshot, progress, best: undefined };
    const best = await this.#read(bestFile(progress.best.epoch));
    return best && { snapshot: found.snapshot, progress, best: best.snapshot };
  }

  /** Stores the best epoch's weights. A checkpoint that knows of them makes them count. */
  async saveBest(epoch: number, snapshot: Snapshot): Promise<void> {
    await this.#write(bestFile(epoch), snapshot, { epoch });
  }

  async save(snapshot: Snapshot, progress: TrainingProgress): Promise<void> {
    await this.#write(checkpointFile, snapshot, progress);
    const current = progress.best && bestFile(progress.best.epoch);
    const old = (await readdir(this.folder)).filter((name) => bestForm.test(name) && name !== current);
    await Promise.all(old.map((name) => rm(join(this.folder, name), { force: true })));
  }

  async #write(name: string, snapshot: Snapshot, content: unknown): Promise<void> {
    const { fingerprint } = this;
    const extra: Sealed = {
      version: 1,
      fingerprint,
      content,
      digest: digestOf(snapshot, fingerprint, content),
    };
    await writeWhole(join(this.folder, name), writeSnapshot(snapshot, extra));
  }

  async #read(name: string): Promise<{ snapshot: Snapshot; content: unknown } | undefined> {
    const path = join(this.folder, name);
    const bytes = await readWhole(path);
    const stored = bytes && parse(bytes);
    if (stored === undefined) return undefined;
    const { fingerprint, content, digest } = stored.extra;
    if (digestOf(stored.snapshot, fingerprint, content) !== digest) return undefined;
    if (fingerprint === this.fingerprint) return { snapshot: stored.snapshot, content };
    throw new UserError(
      `"${path}" belongs to another training: settings, clips or first weights were others, or the version of ` +
        'antitransfer was. Choose another folder, or remove this one to train anew.',
    );
  }
}

function bestFile(epoch: number): string {
  return `best-${epoch}.safetensors`;
}

/** `undefined` where bytes are no snapshot with a seal: whatever the reason, they are not what was written. */
function parse(bytes: Uint8Array): { readonly snapshot: Snapshot; readonly extra: Sealed } | undefined {
  try {
    const { snapshot, extra } = readSnapshot(bytes);
    const parsed = sealed.safeParse(extra);
    return parsed.success ? { snapshot, extra: parsed.data } : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(snapshot: Snapshot, fingerprint: string, content: unknown): string {
  const { step, random } = snapshot;
  const entries = Object.entries(snapshotTensors(snapshot)).sort(([a], [b]) => (a < b ? -1 : 1));
  const described = entries.map(([name, { type, dims }]) => [name, type, dims]);
  return sha256(
    JSON.stringify([described, step, random, fingerprint, content]),
    ...entries.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}
