import type { Random } from 'onnx-autograd/random';
import { UserError } from '../../errors.js';
import type { Network } from '../../learning/networks/network.js';
import { buildNetwork, effectiveBuild } from '../../learning/networks/registry.js';
import { loadNetwork } from '../../learning/networks/store.js';
import type { NetworkSettings } from '../config/schema.js';
import type { TargetJob } from '../store/job.js';

/** The network that settings ask for, with its first weights; zeros without anything to draw them from. */
export async function networkOf(
  { name, model, ...choices }: NetworkSettings,
  shape: readonly [number, number, number],
  classes: number,
  random?: Random,
): Promise<Network> {
  if (model !== null) return givenNetwork(model, classes);
  return buildNetwork(name, { classes, input: shape, ...(random && { random }), ...choices });
}

async function givenNetwork(model: string, classes: number): Promise<Network> {
  const loaded = await loadNetwork(model);
  const outputs = loaded.logits.knownShape.at(-1);
  if (outputs !== classes) {
    throw new UserError(
      `${model} has ${outputs} outputs where there are ${classes} classes; change its last layer.`,
    );
  }
  return loaded;
}

/** A network as a job names it, in one form however it was written. */
export type JobNetwork = TargetJob['network'];

/**
 * The settings of the same network in one form: a given one is its content and nothing else, one that is built has its
 * head.
 *
 * @param model the digest of a given network
 */
export function effectiveNetwork({ model: _, ...built }: NetworkSettings, model: string | null): JobNetwork {
  return model === null ? effectiveBuild(built) : { model };
}

/** The network of a job: a given one is in the store. */
export function networkOfJob(
  network: JobNetwork,
  modelPath: (digest: string) => string,
  shape: readonly [number, number, number],
  classes: number,
  random: Random,
): Promise<Network> {
  return 'model' in network
    ? givenNetwork(modelPath(network.model), classes)
    : networkOf({ ...network, model: null }, shape, classes, random);
}

/** The last convolution of a network. */
export function lastTap(network: Network): string {
  const last = [...network.taps.keys()].at(-1);
  if (last === undefined) throw new UserError('The network has no convolution, so there is nothing to tap.');
  return last;
}
