import { OnnxFormatError } from '../errors.js';
import { everyGraph } from './control-flow/subgraphs.js';
import type { GraphProto, ModelProto, TensorProto } from './schema.js';

// Large exports keep the numbers of their weights in files beside the model.

/** The bytes of the files beside a model, by the paths that it names them by. */
export type ExternalData = Readonly<Record<string, Uint8Array>>;

/** `TensorProto.DataLocation` of what is stored elsewhere. */
const external = 1;

export function isExternal({ dataLocation }: TensorProto): boolean {
  return dataLocation === external;
}

/** The paths of the files that hold numbers of a model, relative to its own. */
export function externalPaths({ graph }: ModelProto): string[] {
  const paths = everyGraph(graph ?? {})
    .flatMap(tensorsOf)
    .filter(isExternal)
    .map((tensor) => entriesOf(tensor).location);
  return [...new Set(paths)];
}

function tensorsOf({ initializer = [], node = [] }: GraphProto): TensorProto[] {
  const inNodes = node.flatMap(({ attribute = [] }) => attribute.flatMap(({ t }) => t ?? []));
  return [...initializer, ...inNodes];
}

/** The part of a file that holds a tensor's numbers. */
export function externalBytes(tensor: TensorProto, files: ExternalData): Uint8Array {
  const { location, offset, length } = entriesOf(tensor);
  const file = Object.hasOwn(files, location) ? files[location] : undefined;
  if (file === undefined) {
    throw new OnnxFormatError(
      `The weights of "${tensor.name}" are in a file of their own, "${location}". In Node, loadOnnx(path) reads it too; ` +
        `elsewhere give its bytes: readOnnx(bytes, { externalData: { "${location}": … } }). Or export one file, with ` +
        'external_data=False.',
    );
  }
  const end = length === undefined ? file.length : offset + length;
  if (end > file.length || offset > end) {
    throw new OnnxFormatError(
      `The weights of "${tensor.name}" are the bytes from ${offset} to ${end} of "${location}", which has ${file.length}. ` +
        'Is it the file that belongs to this model?',
    );
  }
  return file.subarray(offset, end);
}

function entriesOf({ name, externalData = [] }: TensorProto): {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
} {
  const told = new Map(externalData.map(({ key, value }) => [key, value]));
  const location = told.get('location') ?? '';
  // What a file of somebody names must not lead out of its folder.
  if (location === '' || /^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\0/.test(location)) {
    throw new OnnxFormatError(
      `The weights of "${name}" are said to be in "${location}", which is no file beside the model.`,
    );
  }
  const [offset = 0, length] = ['offset', 'length'].map((key) => {
    const text = told.get(key);
    if (text === undefined || text === '') return undefined;
    if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
    throw new OnnxFormatError(
      `The weights of "${name}" have the ${key} "${text}", which is no number of bytes.`,
    );
  });
  return { location, offset, length };
}
