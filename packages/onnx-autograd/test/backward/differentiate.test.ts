import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/backward/differentiate.js';
import { add, cast, mul, relu, sigmoid, sum } from '../../src/building/expressions.js';
import { Graph } from '../../src/building/graph.js';
import { UnsupportedOperatorError } from '../../src/errors.js';
import type { Value } from '../../src/graph/value.js';
import { float32, type Tensor, toNumbers } from '../../src/tensor.js';
import { runOnce } from '../run-graph.js';

async function gradientAt(graph: Graph, gradient: Value, x: Tensor): Promise<number[]> {
  graph.output(gradient);
  const results = await runOnce(graph, { x });
  return toNumbers(results[gradient.name] as Tensor);
}

const total = (x: Value): Value =>
  sum(
    x,
    x.knownShape.map((_, axis) => axis),
    false,
  );

describe('differentiate', () => {
  it('adds the gradients of a value that is used more than once', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    // x^2 + 3x + x, so 2x + 4.
    const loss = total(add(add(mul(x, x), mul(x, 3)), x));
    const gradient = differentiate(graph, loss, [x]).get(x) as Value;
    expect(await gradientAt(graph, gradient, float32([1, -5]))).toEqual([6, -6]);
  });

  it('gives gradients of computed values as well as of inputs', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const hidden = mul(x, 2);
    const loss = total(mul(hidden, hidden));
    const gradients = differentiate(graph, loss, [hidden, x]);
    graph.output(gradients.get(hidden) as Value);
    expect(await gradientAt(graph, gradients.get(x) as Value, float32([1, 3]))).toEqual([8, 24]);
    expect(gradients.size).toBe(2);
  });

  it('gives the loss itself the gradient 1', async () => {
    const graph = new Graph();
    const x = graph.input('x', [1]);
    const gradient = differentiate(graph, x, [x]).get(x) as Value;
    expect(gradient.data).toEqual(float32([1], [1]));
  });

  it('computes in double precision where the graph does', async () => {
    const graph = new Graph();
    const x = graph.input('x', [1], 'float64');
    const loss = total(sigmoid(x));
    const gradient = differentiate(graph, loss, [x]).get(x) as Value;
    const at = 0.123456789;
    const [found] = await gradientAt(graph, gradient, {
      type: 'float64',
      dims: [1],
      data: Float64Array.of(at),
    });
    const y = 1 / (1 + Math.exp(-at));
    expect(found).toBeCloseTo(y * (1 - y), 14);
  });

  it('gives a frozen branch no backward nodes', () => {
    const backwardNodes = (parameters: 'both' | 'trained'): string[] => {
      const graph = new Graph();
      const x = graph.input('x', [1, 2, 6, 6]);
      const branch = (name: string) => {
        const filter = graph.initializer(float32(new Float32Array(36).fill(0.1), [2, 2, 3, 3]), name);
        return { filter, y: relu(graph.apply('Conv', [x, filter])) };
      };
      const [trained, frozen] = [branch('trained'), branch('frozen')];
      const loss = total(mul(trained.y, frozen.y));
      const before = graph.nodes.length;
      differentiate(graph, loss, parameters === 'both' ? [trained.filter, frozen.filter] : [trained.filter]);
      return graph.nodes.slice(before).map((node) => node.operator);
    };
    const one = backwardNodes('trained');
    const both = backwardNodes('both');
    // ReLU's mask is the only pair of casts: one branch has one, two have two.
    expect(one.filter((operator) => operator === 'Cast')).toHaveLength(2);
    expect(both.filter((operator) => operator === 'Cast')).toHaveLength(4);
    // The loss's own two nodes (expand, and one product) serve both.
    expect(both.length).toBeGreaterThan(1.7 * one.length);
  });

  it('does not go below a parameter: what made it gets no backward nodes', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const hidden = sigmoid(sigmoid(sigmoid(x)));
    const loss = total(relu(hidden));
    const before = graph.nodes.length;
    differentiate(graph, loss, [hidden]);
    expect(graph.nodes.slice(before).map((node) => node.operator)).toEqual([
      'Unsqueeze',
      'Shape',
      'Expand',
      'Cast',
      'Cast',
      'Mul',
    ]);
  });

  it('asks no rule of the operator that made a parameter', () => {
    const graph = new Graph();
    const hidden = graph.apply('Sign', [graph.input('x', [3])]);
    expect(() => differentiate(graph, total(mul(hidden, hidden)), [hidden])).not.toThrow();
  });

  it('leaves nodes alone that the loss does not depend on', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    graph.output(graph.apply('ArgMax', [x]));
    graph.output(graph.apply('NonZero', [x]));
    const loss = total(relu(x));
    expect(() => differentiate(graph, loss, [x])).not.toThrow();
  });
});

describe('differentiate refuses, before anything runs,', () => {
  it('a loss that is no scalar', () => {
    const graph = new Graph();
    const x = graph.input('x', ['batch', 3]);
    const y = graph.apply('Relu', [x], {}, { outputs: ['scores'] });
    expect(() => differentiate(graph, y, [x])).toThrow('"scores" has shape (batch, 3)');
  });

  it('a parameter that the loss does not depend on', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const idle = graph.input('idle', [3]);
    expect(() => differentiate(graph, total(x), [x, idle])).toThrow(/does not depend on "idle"/);
  });

  it('a parameter whose shape alone matters', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const loss = total(cast(graph.apply('Shape', [x]), 'float32'));
    expect(() => differentiate(graph, loss, [x])).toThrow(/does not depend on "x"/);
  });

  function refusal(make: (x: Value) => Value): UnsupportedOperatorError {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    const loss = total(make(x));
    try {
      differentiate(graph, loss, [x]);
    } catch (error) {
      if (error instanceof UnsupportedOperatorError) return error;
      throw error;
    }
    throw new Error('Nothing was refused.');
  }

  it('an operator without a gradient, by its name and the node’s', () => {
    const error = refusal((x) => x.graph.apply('Sign', [x], {}, { name: 'binarise' }));
    expect(error).toMatchObject({ operator: 'Sign', node: 'binarise' });
    expect(error.message).toMatch(/Sign.*"binarise"/);
  });

  it('an ArgMax on the way', () => {
    const error = refusal((x) => cast(x.graph.apply('ArgMax', [x], {}, { name: 'best' }), 'float32'));
    expect(error.message).toMatch(/ArgMax \(node "best"\).*int64.*"x"/);
  });

  it('an operator that it does not know', () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const y = graph.apply('Gelu', [mul(x, 2)], {}, { name: 'activation', domain: 'com.microsoft' });
    const loss = graph.apply('Relu', [y]);
    expect(() => differentiate(graph, loss, [x])).toThrow(UnsupportedOperatorError);
    expect(() => differentiate(graph, loss, [x])).toThrow(/com\.microsoft\.Gelu \(node "activation"\)/);
    // Nor can anything be built on it that needs its shape.
    expect(() => total(loss)).toThrow(/shape of "Relu_output" is not known: what Gelu \(node "activation"\)/);
  });

  it('the gradient of an input that the rule does not give', () => {
    const error = refusal((x) => {
      const training = x.graph.constant({ type: 'bool', dims: [], data: Uint8Array.of(1) });
      const options = { outputCount: 2, name: 'dropped' };
      return x.graph.applyAll('Dropout', [x, total(x), training], {}, options)[0] as Value;
    });
    expect(error).toMatchObject({ operator: 'Dropout', node: 'dropped' });
    expect(error.message).toMatch(/input 1/);
  });
});

describe('what has no gradient', () => {
  it('is passed by where the loss has another way to the parameter', async () => {
    const graph = new Graph();
    const x = graph.input('x', [3]);
    const positive = cast(graph.apply('Greater', [x, graph.initializer(float32(0))]), 'float32');
    const rank = cast(graph.apply('ArgMax', [x], { axis: 0 }), 'float32');
    // The sum of x^2 where x is positive, times the place of the largest.
    const loss = total(mul(mul(mul(x, x), positive), rank));
    const gradient = differentiate(graph, loss, [x]).get(x) as Value;
    expect(await gradientAt(graph, gradient, float32([1, -5, 3]))).toEqual([4, -0, 12]);
  });
});

describe('constants', () => {
  /** Three times as much, as a constant. */
  const held = (x: Value) => x.graph.apply('Identity', [mul(x, 3)]);

  it('let no gradient pass, where others reach the parameter', async () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const constant = held(x);
    // 3x as a number: not 6x.
    const gradients = differentiate(graph, total(mul(x, constant)), [x], { constants: new Set([constant]) });
    expect(await gradientAt(graph, gradients.get(x) as Value, float32([2, -1]))).toEqual([6, -3]);
  });

  it('are an error where they are all that reaches a parameter', () => {
    const graph = new Graph();
    const x = graph.input('x', [2]);
    const constant = held(x);
    const differentiated = () =>
      differentiate(graph, total(constant), [x], { constants: new Set([constant]) });
    expect(differentiated).toThrow(/does not depend on "x"|a gradient cannot pass/);
  });
});
