import { copyGraph, Graph } from 'onnx-autograd';
import { UserError } from '../../errors.js';
import { type Network, networkOf } from './network.js';

/**
 * A network made ready for features of a shape: sizes that its file leaves open, such as the number of frames, are these.
 *
 * @param shape `[channels, frames, bins]` of one clip's features
 * @param what it is called in messages
 * @throws UserError when it is for features of another shape.
 */
export function withInput(network: Network, shape: readonly number[], what: string): Network {
  const [batch, ...sizes] = network.input.knownShape;
  if (sizes.length !== shape.length) {
    const axes = [batch, ...sizes].join(' x ');
    throw new UserError(
      `${what} has an input of ${sizes.length + 1} axes (${axes}); a network here hears batch x channels x frames x bins. ` +
        'Export it with such an input (and take the axis of channels away inside, as by "x.squeeze(1)").',
    );
  }
  const fits = sizes.every((size, axis) => typeof size === 'string' || size === shape[axis]);
  if (!fits) {
    throw new UserError(
      `${what} is for features of ${sizes.join(' x ')} (channels x frames x bins); those of this configuration are ` +
        `${shape.join(' x ')}. Change "features" to those that it was trained on, or export it for these.`,
    );
  }
  if (sizes.every((size) => typeof size === 'number') && typeof batch === 'string') return network;
  const graph = new Graph(network.graph.name);
  const input = graph.input(network.input.name, [typeof batch === 'string' ? batch : 'batch', ...shape]);
  const copy = copyGraph(graph, network.graph, { inputs: { [network.input.name]: input } });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}
