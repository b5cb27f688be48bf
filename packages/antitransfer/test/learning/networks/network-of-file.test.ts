import { float32, Graph, ProgramBuilder, readOnnx } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { networkOf, tapped } from '../../../src/learning/networks/network.js';
import { relativeDistance } from '../objectives/evaluate.js';
import { compute } from './small-networks.js';
import { exported, reference } from './torch-reference.js';

describe('a CNN from a file', () => {
  const load = () => networkOf(readOnnx(exported()).graph);
  const { shape, x, values } = reference.export;

  it('has a tap for its features and for every convolution and pooling, named as in the file', () => {
    const network = load();
    expect([...network.taps.keys()]).toEqual(['input', '/0/Conv', '/3/MaxPool', '/4/Conv', '/6/Conv']);
    expect(tapped(network, 'input', 'after')).toBe(network.input);
    expect(network.logits.shape).toEqual(['batch', 3]);
  });

  it.each(['Relu', 'Selu', 'Softplus', 'ThresholdedRelu'])('knows %s as an activation', (operator) => {
    const graph = new Graph('activation');
    const weights = graph.initializer(float32(new Float32Array(9), [1, 1, 3, 3]), 'weights');
    const maps = graph.apply('Conv', [graph.input('x', ['batch', 1, 4, 4]), weights], {}, { name: 'conv' });
    const after = graph.output(graph.apply(operator, [maps]));
    const network = networkOf(graph);
    expect(tapped(network, 'conv', 'before')).toBe(maps);
    expect(tapped(network, 'conv', 'after')).toBe(after);
  });

  it("has PyTorch's maps at its taps, before and after the activation", async () => {
    const network = load();
    const [last] = [tapped(network, '/6/Conv', 'after')];
    // The last convolution has no activation: both positions are its output.
    expect(last).toBe(tapped(network, '/6/Conv', 'before'));
    const wanted = [
      tapped(network, '/0/Conv', 'before'),
      tapped(network, '/4/Conv', 'after'),
      last,
      network.logits,
    ];
    const found = await compute(network.graph, float32(x, shape), wanted);
    for (const [i, key] of (['normalized', 'leaky', 'last', 'logits'] as const).entries()) {
      expect(relativeDistance(found[i] ?? [], values[key]), key).toBeLessThan(1e-5);
    }
  });

  it('can be differentiated', () => {
    const { graph, logits } = load();
    const builder = new ProgramBuilder();
    const copy = builder.include(graph, {
      inputs: { features: builder.graph.input('features', ['batch', 1, 12, 10]) },
      training: true,
    });
    const loss = builder.graph.apply('ReduceSum', [copy.value(logits)], { keepdims: 0 });
    expect(Object.keys(builder.trainingProgram(loss).gradients).length).toBe(10);
  });
});
