import type { Random } from 'onnx-autograd';
import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import type { Network } from '../networks/network.js';
import { buildNetwork } from '../networks/registry.js';
import { loadNetwork } from '../networks/store.js';

/** The network that a configuration asks for, with its first weights. */
export async function networkOfConfig(
  { network }: Config,
  shape: readonly [number, number, number],
  classes: number,
  random: Random,
): Promise<Network> {
  if (network.model === null) {
    const { name, width, head } = network;
    return buildNetwork(name, { classes, input: shape, random, width, ...(head && { head }) });
  }
  const loaded = await loadNetwork(network.model);
  const outputs = loaded.logits.knownShape.at(-1);
  if (outputs !== classes) {
    throw new UserError(
      `${network.model} has ${outputs} outputs where there are ${classes} classes; change its last layer.`,
    );
  }
  return loaded;
}

/** The tap that a configuration asks for: its own, or the network's last convolution. */
export function tapOfConfig(config: Config, network: Network): string {
  return config.tap ?? ([...network.taps.keys()].at(-1) as string);
}
