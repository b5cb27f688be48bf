import { bytesOf } from '../form.js';
import type { OrtModule } from '../runtime.js';
import { detectedBlock, layOutInBlocks } from './channel-blocks.js';
import { CompiledPrograms } from './compiled-programs.js';
import { loadNative } from './packages.js';

/**
 * What compiles in Node; a graph with fed weights for the processor in the form that is fastest there.
 *
 * @param cache a folder that keeps compiled programs.
 */
export function compilerWith(cache: string | undefined): OrtModule['compile'] {
  const kept = cache === undefined ? undefined : new CompiledPrograms(cache);
  return async (what, options, fedWeights) => {
    const onProcessor = options.executionProviders?.[0] === 'cpu';
    const inBlocks = fedWeights && onProcessor && !(what instanceof Uint8Array);
    const model = bytesOf(inBlocks ? layOutInBlocks(what, await detectedBlock()) : what);
    if (kept !== undefined) return kept.compile(model, options);
    return (await loadNative()).InferenceSession.create(model, options);
  };
}
