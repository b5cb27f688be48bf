import { readOnnx, writeOnnx } from 'onnx-autograd';
import { z } from 'zod';

/** Which classes the outputs of a bare network are. */
export interface OutputLabels {
  /** Label column that it was trained on. */
  readonly column: string;
  /** In the order of the outputs. */
  readonly classes: readonly string[];
}

/** The metadata's key. That of a deployed model's card says more, which a bare network has not. */
const labelsKey = 'antitransfer.outputs';

const outputLabels = z.object({ column: z.string(), classes: z.array(z.string()) });

/** A network's file with its classes in the metadata; everything else of it stays. */
export function withOutputLabels(bytes: Uint8Array, { column, classes }: OutputLabels): Uint8Array {
  const { graph, metadata, description } = readOnnx(bytes);
  const labels = JSON.stringify({ column, classes });
  return writeOnnx(graph, { description, metadata: { ...metadata, [labelsKey]: labels } });
}

/** The classes in a file's metadata; `undefined` where it does not tell them, as other programs' do not. */
export function readOutputLabels(metadata: Readonly<Record<string, string>>): OutputLabels | undefined {
  const text = Object.hasOwn(metadata, labelsKey) ? metadata[labelsKey] : undefined;
  if (text === undefined) return undefined;
  try {
    return outputLabels.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
