import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-common';
import { GraphError } from '../../errors.js';
import { makeFolder } from './make-folder.js';
import { loadNative } from './packages.js';
import { draftOf, putInPlace, readSealed, removeDraft, removeOldDrafts } from './sealed-file.js';

/**
 * A smaller model compiles in no time; a larger one is large by the weights in it, such as a frozen network's, and keeping
 * it would cost more than it saves.
 */
const keptBytes = { least: 2 ** 9, most: 2 ** 24 };

/** To be raised when the form of the files changes: what earlier code has kept is then not found. */
const format = 3;

/** These say what a session tells of its work, not what it computes. */
const unseen: ReadonlySet<string> = new Set(['logSeverityLevel', 'enableProfiling', 'profileFilePrefix']);

type Options = InferenceSession.SessionOptions;

/**
 * Compiled programs in a folder. What takes long is ONNX Runtime's optimization of the graph: its result is kept under a
 * digest of all that it depends on, with a digest of its own, and taken from there when the same is compiled again. Files
 * appear by an atomic rename, so that several processes can share a folder without waiting. Where nothing can be kept, such
 * as on a full disk, programs are compiled all the same, and a warning of the process (`ONNX_AUTOGRAD_COMPILED_CACHE`) says
 * so once.
 */
export class CompiledPrograms {
  readonly #folder: string;
  #keeps = true;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Compiles a model, or loads what an earlier compilation of the same model left.
   *
   * @throws GraphError when a file lies where the folder is to be.
   */
  async compile(model: Uint8Array, options: Options): Promise<InferenceSession> {
    const size = model.byteLength;
    if (size < keptBytes.least || size > keptBytes.most) return create(model, options);
    const key = await keyOf(model, options);
    const kept = await this.#load(key, options);
    if (kept !== undefined) return kept;
    return this.#keeps ? this.#keep(key, model, options) : create(model, options);
  }

  /** `undefined` when there is no such file, or it is damaged or cannot be read: then it is made anew. */
  async #load(key: string, options: Options): Promise<InferenceSession | undefined> {
    const model = await readSealed(this.#path(key), key);
    if (model === undefined) return undefined;
    const unchanged = { ...options, graphOptimizationLevel: 'disabled' } as const;
    return create(model, unchanged).catch(() => undefined);
  }

  async #keep(key: string, model: Uint8Array, options: Options): Promise<InferenceSession> {
    const path = this.#path(key);
    const draft = draftOf(path);
    let session: InferenceSession | undefined;
    try {
      await makeFolder(this.#folder);
      await removeOldDrafts(this.#folder);
      session = await create(model, { ...options, optimizedModelFilePath: draft });
      await putInPlace(draft, path, key);
      return session;
    } catch (cause) {
      await removeDraft(draft);
      this.#refuseFile(cause);
      // Where it was the model that failed, this says so.
      session ??= await create(model, options);
      this.#warn(path, cause);
      return session;
    }
  }

  /** A mistake in a setting, which would be there in every training. */
  #refuseFile(cause: unknown): void {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall !== 'mkdir' || (code !== 'EEXIST' && code !== 'ENOTDIR')) return;
    throw new GraphError(
      `Compiled programs cannot be kept in "${this.#folder}": a file lies there. Name a folder that can be written to.`,
      { cause },
    );
  }

  #warn(path: string, cause: unknown): void {
    this.#keeps = false;
    const why = cause instanceof Error ? cause.message : String(cause);
    process.emitWarning(
      `A compiled program cannot be kept as "${path}": ${why.replace(/\.$/, '')}. Programs are compiled all the same, and ` +
        'compiled again the next time. Make room, or name a folder that can be written to.',
      { code: 'ONNX_AUTOGRAD_COMPILED_CACHE' },
    );
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.compiled`);
  }
}

async function create(model: Uint8Array, options: Options): Promise<InferenceSession> {
  return (await loadNative()).InferenceSession.create(model, options);
}

/** A digest of all that a compiled program depends on: whose code, for which processor, how, and what. */
async function keyOf(model: Uint8Array, options: Options): Promise<string> {
  const how = Object.entries(options).filter(([name, value]) => value !== undefined && !unseen.has(name));
  const { env } = await loadNative();
  const surroundings = {
    format,
    version: await ownVersion(),
    runtime: [env.versions.node, env.versions.common],
    processor: [platform(), arch(), cpus()[0]?.model],
    options: how.toSorted(([a], [b]) => (a < b ? -1 : 1)),
  };
  return createHash('sha256').update(JSON.stringify(surroundings)).update(model).digest('hex').slice(0, 32);
}

async function ownVersion(): Promise<unknown> {
  const file = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version?: unknown }).version;
}
