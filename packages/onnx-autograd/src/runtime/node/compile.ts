import { InferenceSession } from 'onnxruntime-node';
import type { OrtModule } from '../runtime.js';
import { detectedBlock, layOutInBlocks } from './channel-blocks.js';
import { CompiledPrograms } from './compiled-programs.js';

/**
 * What compiles models in Node; one with fed weights for the processor in the form that is fastest there.
 *
 * @param cache a folder that keeps compiled programs.
 */
export function compilerWith(cache: string | undefined): OrtModule['InferenceSession']['create'] {
  const kept = cache === undefined ? undefined : new CompiledPrograms(cache);
  return async (model, options, fedWeights = false) => {
    const onProcessor = options.executionProviders?.[0] === 'cpu';
    const block = fedWeights && onProcessor ? await detectedBlock() : undefined;
    return kept === undefined
      ? InferenceSession.create(layOutInBlocks(model, block), options)
      : kept.compile(model, options, block);
  };
}
