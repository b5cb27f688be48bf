import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OnnxFormatError } from '../../errors.js';
import { externalFiles, type OnnxModel, type ReadOptions, readOnnx } from '../../onnx/read.js';

/**
 * Reads an `.onnx` file, and the files beside it in which it keeps the numbers of its weights, as PyTorch exports them
 * by default (`network.onnx` with `network.onnx.data`).
 *
 * @param path of the `.onnx` file.
 * @param options what is known of its inputs.
 * @throws OnnxFormatError as {@link readOnnx} does, and when a file beside it is missing.
 */
export async function loadOnnx(
  path: string,
  options: Omit<ReadOptions, 'externalData'> = {},
): Promise<OnnxModel> {
  const bytes = await readFile(path);
  const files = externalFiles(bytes).map(async (name) => {
    try {
      return [name, await readFile(join(dirname(path), name))] as const;
    } catch (cause) {
      throw new OnnxFormatError(
        `The weights of "${path}" are in the file "${name}" beside it, which cannot be read: put it there, or export one ` +
          'file, with external_data=False.',
        { cause },
      );
    }
  });
  return readOnnx(bytes, { ...options, externalData: Object.fromEntries(await Promise.all(files)) });
}
