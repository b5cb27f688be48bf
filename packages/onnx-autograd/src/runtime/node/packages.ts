import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/**
 * ONNX Runtime's packages in Node. Which are installed is the user's choice, so they are imported here alone and in a `try`: a
 * bundler that looks at these files, such as one that draws pages on a server, then does without the one that is not there.
 */

export async function loadNative(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new Error(whyMissing('onnxruntime-node', cause), { cause });
  }
}

export async function loadWeb(): Promise<typeof import('onnxruntime-web')> {
  try {
    return await import('onnxruntime-web');
  } catch (cause) {
    throw new Error(whyMissing('onnxruntime-web', cause), { cause });
  }
}

/** Where `onnxruntime-node` is installed. */
export function nativeFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  } catch (cause) {
    throw new Error(whyMissing('onnxruntime-node', cause), { cause });
  }
}

function whyMissing(name: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  // Bundlers have errors of their own for what they did not find.
  const isFound = !/MODULE_NOT_FOUND/.test(code ?? '') || !message.includes(`'${name}'`);
  if (!isFound) return `${name} is not installed: run "npm install ${name}"`;
  return `${name} cannot be loaded on ${process.platform} ${process.arch} (${message.split('\n')[0]})`;
}
