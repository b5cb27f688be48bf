import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyGraph, expressions, float32, Graph, Random } from 'onnx-autograd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Network, networkOf } from '../../src/learning/networks/network.js';
import { buildNetwork } from '../../src/learning/networks/registry.js';
import { loadDescribedNetwork, loadNetwork, saveNetwork } from '../../src/learning/networks/store.js';
import type { ConfigTree } from '../../src/runs/config/load.js';
import { drawSplits } from '../../src/runs/data/draw-splits.js';
import { checkMethods } from '../../src/runs/plan/check-methods.js';
import { type Ran, runTiny, tinyConfig, writeTiny } from './tiny.js';

const { add, conv, mean, relu, transpose } = expressions;

let root: string;
let corpus: string;
/** A network of five outputs, its convolutions called as in the registry. */
let five: string;
/** One of two outputs whose convolutions have other names. */
let other: string;

const input = [1, 14, 16] as const;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'own-networks-'));
  corpus = join(root, 'corpus');
  await writeTiny(corpus);
  const parts = { input, width: 0.25 };
  five = join(root, 'five.onnx');
  await saveNetwork(five, buildNetwork('vgg-small', { ...parts, classes: 5, random: new Random(1) }));
  other = join(root, 'other.onnx');
  await saveNetwork(
    other,
    renamed(buildNetwork('vgg-small', { ...parts, classes: 2, random: new Random(2) })),
  );
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** The network with other names, as another exporter gives them. */
function renamed(network: Network): Network {
  const graph = new Graph('other');
  const features = graph.input('features', network.input.knownShape);
  const copy = copyGraph(graph, network.graph, { inputs: { features }, prefix: 'node_' });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}

/** A convolution, whose maps a recurrent layer hears frame by frame: the standard's own, or with the given activations. */
function recurrent(isRounded = false): Network {
  const random = new Random(3);
  const graph = new Graph('recurrent');
  const weight = (name: string, dims: readonly number[]) =>
    graph.initializer(
      float32(
        Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 0.1 * random.normal()),
        [...dims],
      ),
      name,
    );
  const features = graph.input('features', ['batch', ...input]);
  const maps = relu(conv(features, weight('conv.weight', [4, 1, 3, 3]), undefined, { pads: [1, 1, 1, 1] }));
  const frames = transpose(mean(maps, [3], false), [2, 0, 1]);
  const parts = [frames, weight('gru.input', [1, 12, 4]), weight('gru.recurrent', [1, 12, 4])];
  const heard = graph.apply('GRU', parts, { hidden_size: 4 }, { name: 'rnn/GRU' });
  const above = isRounded ? graph.apply('Round', [heard], {}, { name: 'rnn/Round' }) : heard;
  const summary = mean(above, [0, 1], false);
  const offsets = weight('linear.bias', [2]);
  graph.output(add(graph.apply('MatMul', [summary, weight('linear.weight', [4, 2])]), offsets));
  return networkOf(graph);
}

/** The network for any number of frames. */
function withFreeTime(network: Network): Network {
  const graph = new Graph('free');
  const features = graph.input('features', ['batch', 1, 'frames', 16]);
  const copy = copyGraph(graph, network.graph, { inputs: { features } });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}

/** The network with an input of (batch, frames, bins), as some are written. */
function withoutChannels(network: Network): Network {
  const graph = new Graph('flat');
  const features = expressions.unsqueeze(graph.input('features', ['batch', 14, 16]), [1]);
  const copy = copyGraph(graph, network.graph, { inputs: { [network.input.name]: features } });
  graph.output(copy.value(network.logits));
  return networkOf(graph);
}

async function runWith(changes: ConfigTree): Promise<Ran & { readonly notes: readonly string[] }> {
  const notes: string[] = [];
  const ran = await runTiny(tinyConfig(corpus, changes), root, {
    folder: `out-${Math.random()}`,
    onNote: (note) => notes.push(note),
  });
  return { ...ran, notes };
}

async function networksOf({ experiment: { plan, store } }: Ran) {
  const jobs = [plan.tasks[0]?.job, plan.methods[0]?.job].map((id) => store.job(id ?? '').network);
  return Promise.all(jobs.map((path) => loadNetwork(path)));
}

describe('a network that was given', () => {
  it('gets a last layer for each task, and says so', async () => {
    const ran = await runWith({ network: { model: five }, training: { epochs: 1, batch: 6 } });
    for (const { logits } of await networksOf(ran)) expect(logits.knownShape[1]).toBe(2);
    expect(ran.notes).toEqual(
      ['digit', 'speaker'].map(
        (column) => `${five} has 5 outputs; for the 2 classes of "${column}" its last layer is drawn anew.`,
      ),
    );
  }, 120_000);

  it('moves slower below a new head, where asked', async () => {
    const training = { epochs: 1, batch: 6, rates: { 'conv*': 0, 'bn*': 0, '*bn*': 0 } };
    const slow = { ...training, rates: { 'linear*': 1, '*': 0 } };
    const ran = await runWith({ network: { model: five }, training: slow, methods: ['no-transfer'] });
    const [, trained] = await networksOf(ran);
    const given = await loadNetwork(five);
    const weights = (network: Network | undefined) =>
      new Map(network?.graph.initializers.map(({ name, data }) => [name, data?.data]));
    const [before, after] = [weights(given), weights(trained)];
    expect(after.get('conv1_1.weight')).toEqual(before.get('conv1_1.weight'));
    expect(after.get('linear.weight')).not.toEqual(before.get('linear.weight'));
  }, 120_000);
});

it('of another input is refused before anything is computed; a free time axis takes what comes', async () => {
  const long = join(root, 'long.onnx');
  await saveNetwork(long, buildNetwork('vgg-small', { input: [1, 20, 16], width: 0.25, classes: 2 }));
  await expect(runWith({ network: { model: long } })).rejects.toThrow(
    /long\.onnx is for features of 1 x 20 x 16 .* those of this configuration are 1 x 14 x 16\./,
  );
  const flat = join(root, 'flat.onnx');
  await saveNetwork(flat, withoutChannels(buildNetwork('vgg-small', { input, width: 0.25, classes: 2 })));
  await expect(runWith({ network: { model: flat } })).rejects.toThrow(
    /flat\.onnx has an input of 3 axes \(batch x 14 x 16\); a network here hears batch x channels x frames x bins/,
  );
  const free = join(root, 'free.onnx');
  await saveNetwork(free, withFreeTime(buildNetwork('vgg-small', { input, width: 0.25, classes: 2 })));
  const ran = await runWith({ network: { model: free }, methods: ['no-transfer'] });
  expect(ran.trained).toContain('no-transfer/1');
}, 120_000);

it('with a recurrent layer is trained, all of it', async () => {
  const model = join(root, 'gru.onnx');
  await saveNetwork(model, recurrent());
  const ran = await runWith({ network: { model }, methods: ['no-transfer'] });
  const trained = (await networksOf(ran)).at(-1);
  const before = new Map(recurrent().graph.initializers.map(({ name, data }) => [name, data?.data]));
  for (const name of ['conv.weight', 'gru.input', 'gru.recurrent', 'linear.weight']) {
    const after = trained?.graph.initializers.find((one) => one.name === name)?.data?.data;
    expect(after, name).toHaveLength(before.get(name)?.length ?? 0);
    expect(after, name).not.toEqual(before.get(name));
  }
}, 120_000);

describe('a network with an operator without a gradient', () => {
  const check = async (changes: ConfigTree) => {
    const { experiment } = tinyConfig(corpus, { methods: ['no-transfer', 'cka'], ...changes });
    await checkMethods(experiment, await drawSplits(experiment));
  };
  let model: string;
  beforeAll(async () => {
    model = join(root, 'recurrent.onnx');
    await saveNetwork(model, recurrent(true));
  });

  it('is refused before anything is computed, with the operator, its node and what to do', async () => {
    await expect(check({ network: { model } })).rejects.toThrow(
      /The speaker network cannot be trained\. No gradient passes Round \(node "rnn\/Round"\): .*training\.freeze.*docs\/operators\.md/,
    );
    const orthogonal = { column: 'speaker', network: { name: 'vgg-small', width: 0.25 } };
    await expect(check({ network: { model }, orthogonal, methods: ['no-transfer'] })).rejects.toThrow(
      /The method "no-transfer" cannot be trained\. No gradient passes Round \(node "rnn\/Round"\)/,
    );
  });

  it('is trained above it, where what lies below is frozen', async () => {
    const training = { epochs: 1, batch: 6, freeze: ['conv.*', 'gru.*'] };
    await check({ network: { model }, training, methods: ['no-transfer'] });
  });
});

describe('an orthogonal task', () => {
  it('may have a network of its own', async () => {
    const ran = await runWith({ orthogonal: { column: 'speaker', network: { width: 0.125 } } });
    const [orthogonal, target] = await networksOf(ran);
    const channels = (network: Network | undefined) => network?.taps.get('conv1_1')?.after.knownShape[1];
    expect([channels(orthogonal), channels(target)]).toEqual([2, 4]);
  }, 120_000);

  it('whose network calls its convolutions otherwise is looked at by frozenTap, and only so', async () => {
    const orthogonal = { column: 'speaker', model: other };
    const penalty = { similarity: 'cka', tap: 'conv4_2' };
    const method = (objective: ConfigTree) => ({ id: 'own', objectives: [objective] });
    await expect(runWith({ orthogonal, methods: [method(penalty)] })).rejects.toThrow(
      /The method "own" looks at "conv4_2" of the speaker network, .* as frozenTap of the objective: input, node_conv1_1, /,
    );
    const methods = ['no-transfer', method({ ...penalty, frozenTap: 'node_conv4_2' })];
    const ran = await runWith({ orthogonal, methods });
    expect(ran.trained).toContain('own/1');
  }, 120_000);

  it('refuses a frozen network of another task', async () => {
    await expect(runWith({ orthogonal: { column: 'speaker', model: five } })).rejects.toThrow(
      /five\.onnx has 5 outputs, and "speaker" has 2 classes here: it is a network of another task\./,
    );
  });

  describe('that is given', () => {
    const given = async (classes: readonly string[] | undefined) => {
      const path = join(root, `given-${classes?.join('-')}.onnx`);
      const outputs = classes && { column: 'voice', classes };
      await saveNetwork(path, await loadNetwork(other), { ...(outputs && { outputs }) });
      const config = tinyConfig(corpus, {
        orthogonal: { column: 'speaker', model: path },
        methods: ['no-transfer'],
      });
      const notes: string[] = [];
      const drawn = await drawSplits(config.experiment);
      await checkMethods(config.experiment, drawn, (note) => notes.push(note));
      return notes;
    };

    it('is taken without a word where its outputs are the classes of the clips', async () => {
      expect(await given(['ann', 'bob'])).toEqual([]);
    });

    it.each([[['bob', 'ann']], [['ann', 'carl']]])('is refused where they are %s', async (classes) => {
      await expect(given(classes)).rejects.toThrow(
        `the classes ${classes.join(', ')} of "voice"; those of "speaker" here are ann, bob. Give one of "speaker"`,
      );
    });

    it('is known by its classes where it is the stored network of another run', async () => {
      const ran = await runWith({ methods: ['no-transfer'] });
      const { plan, store } = ran.experiment;
      const stored = (id: string | undefined) => store.job(id ?? '').network;
      const orthogonal = { column: 'speaker', model: stored(plan.tasks[0]?.job) };
      const again = await runWith({ orthogonal, methods: ['no-transfer'] });
      expect(again.notes).toEqual([]);
      // What a given network says of itself is in the store, too.
      const { facts } = await loadDescribedNetwork(stored(again.experiment.plan.tasks[0]?.job));
      expect(facts.outputs).toEqual({ column: 'speaker', classes: ['ann', 'bob'] });
      const target = { column: 'speaker', model: stored(plan.methods[0]?.job) };
      await expect(runWith({ orthogonal: target, methods: ['no-transfer'] })).rejects.toThrow(
        'in this order, the classes high, low of "digit"; those of "speaker" here are ann, bob.',
      );
    }, 120_000);

    it('is taken where it does not say what they are, and that is said', async () => {
      expect(await given(undefined)).toEqual([
        expect.stringMatching(
          /does not say what its outputs are: .* on "speaker" .* in this order, ann, bob\.$/,
        ),
      ]);
    });
  });
});
