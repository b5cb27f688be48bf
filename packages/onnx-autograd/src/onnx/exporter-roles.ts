import type { WeightRole } from '../graph/value.js';
import { type ModelProto, metadataOf, type StringPairProto } from './schema.js';

// What an exporter tells of the numbers in a file: which of them the module learns.

/** By which PyTorch's exporter tells what an initializer was in its module. */
const kindKey = 'pkg.torch.export.graph_signature.InputSpec.kind';
/** By which it tells from what all an initializer was computed when the file was optimized. */
const foldedKey = 'pkg.onnxscript.optimizer.folded_from';
/** By which it lists what the module had. */
const signatureKey = 'pkg.torch.export.ExportedProgram.graph_signature';
/** By which files of ours tell it. */
const roleKey = 'onnx-autograd.role';

/** What is told of the initializers of a file. */
export interface ToldByExporter {
  /** By name; nothing of those of which nothing is told. */
  readonly roles: ReadonlyMap<string, WeightRole>;
  /** Parameters that the module had and the file has not, in no other form either. */
  readonly missing: readonly string[];
}

/** Reads what PyTorch's exporters, and files of ours, tell of initializers. */
export function toldByExporter({ graph = {}, producerName }: ModelProto): ToldByExporter {
  const roles = new Map<string, WeightRole>();
  const folded = new Map<string, readonly string[]>();
  for (const info of graph.valueInfo ?? []) {
    const metadata = metadataOf(info.metadata);
    const role = roleOf(metadata);
    if (role !== undefined) roles.set(info.name ?? '', role);
    const sources = metadata[foldedKey]?.match(/(?<=')[^',]+(?=')/g);
    if (sources) folded.set(info.name ?? '', sources);
  }
  const signature = metadataOf(graph.metadata)[signatureKey] ?? '';
  const parameters = [...signature.matchAll(/: PARAMETER target='([^']+)'/g)].map(
    ([, name]) => name as string,
  );
  const isLearned = (name: string) => parameters.includes(name);
  if (parameters.length > 0) {
    for (const [name, sources] of folded) if (!sources.some(isLearned)) roles.set(name, 'constant');
  }
  const names = new Set((graph.initializer ?? []).map(({ name }) => name ?? ''));
  if (producerName === 'pytorch' && roles.size === 0) {
    for (const name of names) if (isOfModule(name)) roles.set(name, 'member');
  }
  const known = new Set([...names, ...[...folded.values()].flat()]);
  return { roles, missing: parameters.filter((name) => !known.has(name)) };
}

function roleOf(metadata: Readonly<Record<string, string>>): WeightRole | undefined {
  const own = metadata[roleKey];
  if (own === 'parameter' || own === 'constant' || own === 'member') return own;
  const kind = metadata[kindKey];
  return kind === undefined ? undefined : kind === 'PARAMETER' ? 'parameter' : 'constant';
}

/** The older exporter names what it made itself after the operator that reads it (`onnx::MatMul_243`), or its place. */
function isOfModule(name: string): boolean {
  return !name.includes('::') && !name.startsWith('/');
}

/** What is written of a role. */
export function roleMetadata(role: WeightRole): StringPairProto[] {
  return [{ key: roleKey, value: role }];
}
