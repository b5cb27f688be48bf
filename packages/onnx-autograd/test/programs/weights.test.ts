import {
  crossEntropy,
  expressions,
  float32,
  Graph,
  int64,
  ProgramBuilder,
  sgd,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { findWeights } from '../../src/programs/weights.js';

const { add, div, expand, mul, relu, reshape, sub } = expressions;

/** Numbers that are not all equal. */
function numbers(...dims: number[]) {
  return float32(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
    dims,
  );
}

const filled = (value: number, ...dims: number[]) =>
  float32(new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value), dims);

/** A network of one input `(batch, 2, 4, 4)`, whose initializers are named by who writes it. */
function network(write: (graph: Graph, x: Value) => Value): Graph {
  const graph = new Graph('network');
  graph.output(write(graph, graph.input('x', ['batch', 2, 4, 4])));
  return graph;
}

const names = (values: Iterable<Value>) => [...values].map(({ name }) => name);
const conv = (graph: Graph, x: Value, filter: Value) =>
  graph.apply('Conv', [x, filter], { pads: [1, 1, 1, 1] });

const found: Readonly<
  Record<string, { write: (graph: Graph, x: Value) => Value; trains: string[]; left: Record<string, RegExp> }>
> = {
  'the direction and the length of a filter whose weights are normalised': {
    write: (graph, x) => {
      const [v, g] = [
        graph.initializer(numbers(3, 2, 3, 3), 'v'),
        graph.initializer(numbers(3, 1, 1, 1), 'g'),
      ];
      const norm = graph.apply('ReduceL2', [v], { axes: [1, 2, 3], keepdims: 1 });
      return conv(graph, x, mul(div(v, norm), g));
    },
    trains: ['v', 'g'],
    left: {},
  },
  'a table of embeddings': {
    write: (graph, x) => {
      const table = graph.initializer(numbers(5, 4), 'table');
      return add(x, graph.apply('Gather', [table, graph.constant(int64([4, 0, 1, 3]))], { axis: 0 }));
    },
    trains: ['table'],
    left: {},
  },
  'a token that is joined to what was computed': {
    write: (graph, x) => {
      const token = graph.initializer(numbers(1, 2, 1, 4), 'token');
      const filter = graph.initializer(numbers(2, 2, 3, 3), 'filter');
      const sizes = graph.apply(
        'Concat',
        [
          graph.apply('Gather', [expressions.shape(x), graph.constant(int64([0]))], { axis: 0 }),
          graph.constant(int64([2, 1, 4])),
        ],
        { axis: 0 },
      );
      return graph.apply('Concat', [expand(token, sizes), conv(graph, x, filter)], { axis: 2 });
    },
    trains: ['filter', 'token'],
    left: {},
  },
  'but not what scales and shifts the input': {
    write: (graph, x) => {
      const [scale, shift] = [
        graph.initializer(numbers(2, 1, 1), 'scale'),
        graph.initializer(numbers(2, 1, 1), 'shift'),
      ];
      const behind = graph.initializer(numbers(3, 1, 1), 'behind');
      return mul(
        conv(graph, add(mul(x, scale), shift), graph.initializer(numbers(3, 2, 3, 3), 'filter')),
        behind,
      );
    },
    trains: ['filter', 'behind'],
    left: { scale: /shifts the input/, shift: /shifts the input/ },
  },
  'but not the scale and bias that group normalization is exported with': {
    write: (graph, x) => {
      const y = conv(graph, x, graph.initializer(numbers(4, 2, 3, 3), 'filter'));
      const none = [graph.initializer(filled(1, 2), 'ones'), graph.initializer(filled(0, 2), 'zeros')];
      const normalised = graph.apply('InstanceNormalization', [reshape(y, [0, 2, -1]), ...none]);
      return mul(reshape(normalised, expressions.shape(y)), graph.initializer(filled(1, 4, 1, 1), 'scale'));
    },
    trains: ['filter', 'scale'],
    left: { ones: /group normalization/, zeros: /group normalization/ },
  },
  'but a normalization of instances that was not trained yet': {
    write: (graph, x) => {
      const y = conv(graph, x, graph.initializer(numbers(2, 2, 3, 3), 'filter'));
      return graph.apply('InstanceNormalization', [
        y,
        graph.initializer(filled(1, 2), 'scale'),
        graph.initializer(filled(0, 2), 'bias'),
      ]);
    },
    trains: ['filter', 'scale', 'bias'],
    left: {},
  },
  'what is subtracted and divided by behind a layer': {
    write: (graph, x) => {
      const y = conv(graph, x, graph.initializer(numbers(3, 2, 3, 3), 'filter'));
      const [centre, width] = [
        graph.initializer(numbers(3, 1, 1), 'centre'),
        graph.initializer(numbers(3, 1, 1), 'width'),
      ];
      return div(sub(y, centre), width);
    },
    trains: ['filter', 'centre', 'width'],
    left: {},
  },
  'but not what the input is centred and divided by': {
    write: (graph, x) => {
      const [mean, deviation] = [
        graph.initializer(numbers(2, 1, 1), 'mean'),
        graph.initializer(numbers(2, 1, 1), 'deviation'),
      ];
      return conv(graph, div(sub(x, mean), deviation), graph.initializer(numbers(3, 2, 3, 3), 'filter'));
    },
    trains: ['filter'],
    left: { mean: /shifts the input/, deviation: /shifts the input/ },
  },
  'what stands in the place of masked activations': {
    write: (graph, x) => {
      const y = conv(graph, x, graph.initializer(numbers(2, 2, 3, 3), 'filter'));
      const masked = graph.input('masked', ['batch', 1, 4, 4], 'bool');
      return expressions.where(masked, graph.initializer(numbers(1, 2, 1, 1), 'embedding'), y);
    },
    trains: ['filter', 'embedding'],
    left: {},
  },
  'but not masks': {
    write: (graph, x) => {
      const y = conv(graph, x, graph.initializer(numbers(2, 2, 3, 3), 'filter'));
      const causal = float32([0, Number.NEGATIVE_INFINITY, 0, 0], [1, 4]);
      const long = float32([0, 0, -3.4e38, 0], [1, 4]);
      return add(add(y, graph.initializer(causal, 'causal')), graph.initializer(long, 'long'));
    },
    trains: ['filter'],
    left: { causal: /as masks have/, long: /as masks have/ },
  },
  'and not a filter that is quantized': {
    write: (graph, x) => {
      const quantized = { type: 'int8', dims: [3, 2, 1, 1], data: Int8Array.of(1, 2, 3, 4, 5, 6) } as const;
      const filter = graph.apply('DequantizeLinear', [
        graph.initializer(quantized, 'quantized'),
        graph.constant(float32(0.1)),
      ]);
      const bias = graph.initializer(numbers(3), 'bias');
      return graph.apply('Conv', [x, filter, bias]);
    },
    trains: ['bias'],
    left: { quantized: /quantized, int8; float32 is trained/ },
  },
  'and not single numbers, constants, and what is of another type': {
    write: (graph, x) => {
      const y = conv(graph, x, graph.initializer(numbers(2, 2, 3, 3), 'filter'));
      const wide = graph.initializer(
        { type: 'float64', dims: [2, 1, 1], data: Float64Array.of(1, 2) },
        'wide',
      );
      const scaled = mul(
        mul(y, graph.initializer(float32(2), 'temperature')),
        graph.constant(numbers(2, 1, 1), 'mel'),
      );
      return expressions.cast(mul(expressions.cast(scaled, 'float64'), wide), 'float32');
    },
    trains: ['filter'],
    left: { temperature: /one number/, mel: /constant of the file/, wide: /float64; float32 is trained/ },
  },
};

describe('what is trained when nobody says it', () => {
  it.each(Object.entries(found))('%s', (_, { write, trains, left }) => {
    const weights = findWeights(network(write));
    expect(names(weights.trainable).toSorted()).toEqual(trains.toSorted());
    expect(names(weights.left.keys()).toSorted()).toEqual(Object.keys(left).toSorted());
    for (const [value, why] of weights.left) expect(why).toMatch(left[value.name] as RegExp);
  });

  it('tells weights that layers share although all their numbers are equal', () => {
    const graph = network((own, x) => {
      const [ones, tied] = [
        own.initializer(filled(1, 2), 'ones'),
        own.initializer(numbers(2, 2, 3, 3), 'tied'),
      ];
      const layer = (y: Value) =>
        own.apply('InstanceNormalization', [
          conv(own, y, tied),
          ones,
          own.initializer(filled(0, 2), 'zeros'),
        ]);
      return layer(relu(layer(x)));
    });
    expect(names(findWeights(graph).merged)).toEqual(['ones']);
  });
});

describe('what is trained when it is said', () => {
  const graph = network((own, x) => {
    const y = conv(own, x, own.initializer(numbers(3, 2, 3, 3), 'encoder.filter'));
    const scaled = mul(
      mul(y, own.initializer(float32(2), 'temperature')),
      own.constant(numbers(3, 1, 1), 'mel'),
    );
    return expressions.mean(scaled, [2, 3], false);
  });
  const training = (train?: readonly string[], frozen: readonly string[] = []) => {
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 2, 4, 4]);
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const copy = builder.include(graph, { inputs: { x }, name: 'net', ...(train && { train }) });
    const loss = crossEntropy(copy.value(graph.outputs[0] as Value), labels);
    return {
      program: builder.trainingProgram(loss, {}, frozen),
      weights: Object.fromEntries(builder.weights),
    };
  };

  it.each([
    [['temperature'], ['net.temperature']],
    [
      ['mel', 'temperature'],
      ['net.temperature', 'net.mel'],
    ],
    [['*'], ['net.encoder.filter', 'net.temperature', 'net.mel']],
    [['encoder.*'], ['net.encoder.filter']],
  ])('%s', async (train, wanted) => {
    const { program, weights } = training(train);
    const session = await TrainingSession.create({
      programs: { train: program },
      weights,
      optimizer: sgd({ learningRate: 0.1 }),
      thread: 'inline',
    });
    expect(session.trains.train.weights.toSorted()).toEqual(wanted.toSorted());
    await session.step('train', { x: numbers(2, 2, 4, 4), labels: int64([0, 1]) });
    const after = await session.weights();
    await session.close();
    for (const name of wanted) expect(after[name]?.data).not.toEqual(weights[name]?.data);
    const all = ['net.encoder.filter', 'net.temperature', 'net.mel'];
    expect(Object.keys(session.trains.train.left).toSorted()).toEqual(
      all.filter((name) => !wanted.includes(name)).toSorted(),
    );
  });

  it('a name that is none is an error that tells those that are', () => {
    expect(() => training(['encoder.bias'])).toThrow(
      /"encoder\.bias" names no numbers.*it has encoder\.filter, temperature/,
    );
  });

  it('the program tells what is frozen', () => {
    const { program } = training(['*'], ['net.mel']);
    expect(program.left).toEqual({ 'net.mel': 'it is frozen' });
  });

  it('where nothing is found, the error tells what was left, and the way', () => {
    const single = network((own, x) => {
      const scaled = mul(relu(x), own.initializer(float32(2), 'temperature'));
      return expressions.mean(scaled, [2, 3], false);
    });
    const builder = new ProgramBuilder();
    const x = builder.graph.input('x', ['batch', 2, 4, 4]);
    const copy = builder.include(single, { inputs: { x } });
    const loss = expressions.mean(copy.value(single.outputs[0] as Value), undefined, false);
    expect(() => builder.trainingProgram(loss)).toThrow(
      /Left were "temperature" \(it is one number.*train: \["…"\]/,
    );
  });
});
