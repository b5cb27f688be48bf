import { InferenceSession } from 'onnxruntime-node';
import { layOutInBlocks } from './channel-blocks.js';
import { compileOnce } from './compiled-programs.js';

/**
 * Compiles a model in Node; one with fed weights for the processor in the form that is fastest there.
 *
 * @param cache a folder that keeps compiled programs.
 */
export async function compile(
  cache: string | undefined,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  fedWeights = false,
): Promise<InferenceSession> {
  const onProcessor = options.executionProviders?.[0] === 'cpu';
  const prepare = async (given: Uint8Array) => (fedWeights && onProcessor ? layOutInBlocks(given) : given);
  return cache === undefined
    ? InferenceSession.create(await prepare(model), options)
    : compileOnce(cache, model, options, prepare);
}
