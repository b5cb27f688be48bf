import { createRequire } from 'node:module';
import { z } from 'zod';

/** The version of ONNX Runtime that computes here: another may round otherwise. Reads a file; loads no runtime. */
export const runtimeVersion: string = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('onnxruntime-node/package.json')).version;
