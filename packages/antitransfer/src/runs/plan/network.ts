import type { Random } from 'onnx-autograd/random';
import { UserError } from '../../errors.js';
import { withHead } from '../../learning/networks/head.js';
import { withInput } from '../../learning/networks/input.js';
import type { Network } from '../../learning/networks/network.js';
import type { OutputLabels } from '../../learning/networks/network-facts.js';
import { buildNetwork, effectiveBuild } from '../../learning/networks/registry.js';
import { loadDescribedNetwork, loadNetwork } from '../../learning/networks/store.js';
import { type NetworkSettings, networkSettings } from '../config/schema.js';
import type { TargetJob } from '../store/job.js';

/** The network that settings ask for, with its first weights; zeros without anything to draw them from. */
export async function networkOf(
  { name, model, ...choices }: NetworkSettings,
  shape: readonly [number, number, number],
  classes: number,
  random?: Random,
): Promise<Network> {
  if (model !== null) {
    return withHead(withInput(await loadNetwork(model), shape, model), classes, random).network;
  }
  return buildNetwork(name, { classes, input: shape, ...(random && { random }), ...choices });
}

/**
 * A network that is frozen as it was given.
 *
 * @param task the label column that it is to name, and the classes of it in the order of the outputs
 * @param tell told when it cannot be known whether its outputs are in this order
 * @throws UserError when it cannot be of a task of these classes.
 */
export async function frozenNetwork(
  model: string,
  shape: readonly [number, number, number],
  { column, classes }: OutputLabels,
  tell: (note: string) => void,
): Promise<Network> {
  const {
    network,
    facts: { outputs: labels },
  } = await loadDescribedNetwork(model);
  const loaded = withInput(network, shape, model);
  const outputs = loaded.logits.knownShape.at(-1);
  const remedy = `Give one of "${column}" as orthogonal.model; or train this one, as orthogonal.network.model.`;
  if (outputs !== classes.length) {
    throw new UserError(
      `${model} has ${outputs} outputs, and "${column}" has ${classes.length} classes here: it is a network of another ` +
        `task. ${remedy}`,
    );
  }
  if (labels === undefined) {
    tell(
      `${model} does not say what its outputs are: its accuracy on "${column}" is right only if they are, in this order, ` +
        `${classes.join(', ')}.`,
    );
  } else if (labels.classes.join('\0') !== classes.join('\0')) {
    throw new UserError(
      `The outputs of ${model} are, in this order, the classes ${labels.classes.join(', ')} of "${labels.column}"; those ` +
        `of "${column}" here are ${classes.join(', ')}. ${remedy}`,
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
    ? networkOf(networkSettings.parse({ model: modelPath(network.model) }), shape, classes, random)
    : networkOf({ ...network, model: null }, shape, classes, random);
}
