import type { Graph } from '../../building/graph.js';
import { placesByComparison } from '../../passes/maximum-places.js';
import { bytesOf } from '../form.js';
import type { OrtModule } from '../runtime.js';
import { detectedBlock, layOutInBlocks } from './channel-blocks.js';
import { CompiledPrograms } from './compiled-programs.js';
import { loadNative } from './packages.js';

/**
 * What compiles in Node; a graph for the processor in the form that is fastest there.
 *
 * @param cache a folder that keeps compiled programs.
 */
export function compilerWith(cache: string | undefined): OrtModule['compile'] {
  const kept = cache === undefined ? undefined : new CompiledPrograms(cache);
  return async (what, options, fedWeights) => {
    const onProcessor = options.executionProviders?.[0] === 'cpu';
    const isGraph = !(what instanceof Uint8Array);
    const model = bytesOf(onProcessor && isGraph ? await forProcessor(what, fedWeights) : what);
    if (kept !== undefined) return kept.compile(model, options);
    return (await loadNative()).InferenceSession.create(model, options);
  };
}

async function forProcessor(graph: Graph, fedWeights: boolean): Promise<Graph> {
  const compared = placesByComparison(graph);
  return fedWeights ? layOutInBlocks(compared, await detectedBlock()) : compared;
}
