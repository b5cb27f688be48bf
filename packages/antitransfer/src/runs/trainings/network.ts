import type { Random } from 'onnx-autograd';
import type { MethodSettings } from '../config/method.js';
import type { Config } from '../config/schema.js';
import { UserError } from '../../errors.js';
import { type Network, tapped } from '../../learning/networks/network.js';
import { buildNetwork } from '../../learning/networks/registry.js';
import { loadNetwork } from '../../learning/networks/store.js';

/** The network that a configuration asks for, with its first weights; zeros without anything to draw them from. */
export async function networkOfConfig(
  { network }: Config,
  shape: readonly [number, number, number],
  classes: number,
  random?: Random,
): Promise<Network> {
  if (network.model === null) {
    const { name, width, head } = network;
    return buildNetwork(name, {
      classes,
      input: shape,
      ...(random && { random }),
      width,
      ...(head && { head }),
    });
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

/**
 * Makes sure that every method's taps and orthogonal networks exist, before anything is trained.
 *
 * @throws UserError that names what does not exist and what does.
 */
export async function checkMethods(
  config: Config,
  methods: readonly MethodSettings[],
  shape: readonly [number, number, number],
  classes: number,
): Promise<void> {
  const network = await networkOfConfig(config, shape, classes);
  const names = config.orthogonal.map(({ name }) => name);
  tapped(network, tapOfConfig(config, network), config.position);
  for (const { id, penalties } of methods) {
    for (const { tap, orthogonal } of penalties) {
      if (tap !== null) tapped(network, tap, config.position);
      if (orthogonal === null || names.includes(orthogonal)) continue;
      throw new UserError(
        `The method "${id}" names the orthogonal network "${orthogonal}"; there are ${names.join(', ')}.`,
      );
    }
  }
}
