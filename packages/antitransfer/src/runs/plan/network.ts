import type { Random } from 'onnx-autograd/random';
import { UserError } from '../../errors.js';
import type { Network } from '../../learning/networks/network.js';
import { buildNetwork } from '../../learning/networks/registry.js';
import { loadNetwork } from '../../learning/networks/store.js';
import type { NetworkSettings } from '../config/schema.js';

/** The network that settings ask for, with its first weights; zeros without anything to draw them from. */
export async function networkOf(
  { name, model, ...choices }: NetworkSettings,
  shape: readonly [number, number, number],
  classes: number,
  random?: Random,
): Promise<Network> {
  if (model === null) {
    return buildNetwork(name, {
      classes,
      input: shape,
      ...(random && { random }),
      ...choices,
    });
  }
  const loaded = await loadNetwork(model);
  const outputs = loaded.logits.knownShape.at(-1);
  if (outputs !== classes) {
    throw new UserError(
      `${model} has ${outputs} outputs where there are ${classes} classes; change its last layer.`,
    );
  }
  return loaded;
}

/** The network of a job: a given one is in the store. */
export function networkOfJob(
  job: { readonly network: NetworkSettings },
  modelPath: (digest: string) => string,
  shape: readonly [number, number, number],
  classes: number,
  random: Random,
): Promise<Network> {
  const { model } = job.network;
  return networkOf({ ...job.network, model: model && modelPath(model) }, shape, classes, random);
}

/** The last convolution of a network. */
export function lastTap(network: Network): string {
  const last = [...network.taps.keys()].at(-1);
  if (last === undefined) throw new UserError('The network has no convolution, so there is nothing to tap.');
  return last;
}
