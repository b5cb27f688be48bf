import { createHash } from 'node:crypto';
import { access, mkdir, rename } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { env, InferenceSession } from 'onnxruntime-node';
import { GraphError } from '../../errors.js';

/**
 * A smaller model compiles in no time; a larger one is large by the weights in it, such as a frozen network's, and keeping
 * it would cost more than it saves.
 */
const keptBytes = { least: 2 ** 9, most: 2 ** 24 };

/**
 * Compiles a model, or loads what an earlier compilation of the same model left in a folder. What takes long is ONNX
 * Runtime's optimization of the graph; its result depends on the model, on ONNX Runtime and on the processor, which make
 * up the file's name. Files appear by an atomic rename, so that several processes can share a folder without waiting.
 *
 * @param prepare rewrites a model that is not there yet.
 * @throws GraphError when the folder cannot be written to.
 */
export async function compileOnce(
  folder: string,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  prepare: (model: Uint8Array) => Promise<Uint8Array>,
): Promise<InferenceSession> {
  const size = model.byteLength;
  if (size < keptBytes.least || size > keptBytes.most)
    return InferenceSession.create(await prepare(model), options);
  const path = join(folder, `${keyOf(model)}.onnx`);
  const kept = await load(path, options);
  if (kept !== undefined) return kept;
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new GraphError(
      `Compiled programs cannot be kept in "${folder}". Name a folder that can be written to.`,
      {
        cause,
      },
    );
  });
  const draft = `${path}.${process.pid}.${threadId}`;
  const session = await InferenceSession.create(await prepare(model), {
    ...options,
    optimizedModelFilePath: draft,
  });
  await rename(draft, path);
  return session;
}

/** `undefined` when there is no such file, or it is damaged and is to be made anew. */
async function load(
  path: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession | undefined> {
  try {
    await access(path);
    return await InferenceSession.create(path, { ...options, graphOptimizationLevel: 'disabled' });
  } catch {
    return undefined;
  }
}

function keyOf(model: Uint8Array): string {
  const versions = [env.versions.node, env.versions.common, arch(), cpus()[0]?.model];
  return createHash('sha256').update(JSON.stringify(versions)).update(model).digest('hex').slice(0, 32);
}
