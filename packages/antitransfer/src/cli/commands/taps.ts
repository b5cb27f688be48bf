import type { Command } from 'commander';
import { findWeights, type Value } from 'onnx-autograd';
import { buildFrontEnd } from '../../data/features/front-end.js';
import { withInput } from '../../learning/networks/input.js';
import { lastConvolution, mapShape, type Network, type Tap } from '../../learning/networks/network.js';
import { buildNetwork, networks } from '../../learning/networks/registry.js';
import { loadNetwork } from '../../learning/networks/store.js';
import { sum } from '../../numbers/mean.js';
import { networkOf } from '../../runs/plan/network.js';
import { configOf } from '../config-source.js';
import { addExamples } from '../examples.js';
import { plainTable } from '../plain-table.js';
import { featureShape, oneOf, positiveNumber, requireKnown } from '../values.js';

interface Flags {
  readonly input?: [number, number, number];
  readonly width: number;
  readonly head: 'wide' | 'pooled';
  readonly config?: string;
  readonly json?: boolean;
}

/** Shapes of trained layers do not depend on it. */
const CLASSES = 10;

/** The paper's features of a second of sound. */
const DEFAULT_INPUT = [1, 126, 129] as const;

/** `antitransfer taps [NETWORK]` */
export function defineTaps(command: Command): void {
  command
    .description(
      "Lists a network's taps: the input, convolutions and poolings, whose feature maps a penalty can compare, with the maps' " +
        "shapes (channels x frames x bins) before and after the activation function, and by which number the paper's code " +
        'calls them.',
    )
    .argument('[network]', `${networks.names.join(', ')}, or an .onnx file (default: vgg16)`)
    .option(
      '--input <shape>',
      `channels x frames x bins of the features (default: ${DEFAULT_INPUT.join('x')}; a file's own)`,
      featureShape,
    )
    .option('--width <factor>', 'multiplies the number of channels', positiveNumber, 1)
    .option('--head <kind>', 'what stands above the taps (wide, pooled)', oneOf(['wide', 'pooled']), 'pooled')
    .option('--config <file>', "the network and the features of a comparison's YAML file, instead")
    .option('--json', 'print JSON')
    .action(run);
  addExamples(command, [
    ['taps vgg16 --input 1x126x129', "the paper's network over a second of sound"],
    ['taps vgg-small --width 2', 'a network of twice the channels'],
    ['taps --config my.yaml', "a configuration's network"],
  ]);
}

async function run(name: string | undefined, flags: Flags): Promise<void> {
  const network = flags.config ? await ofConfig(flags.config) : await ofName(name ?? 'vgg16', flags);
  const counts = parametersByTap(network);
  // A deployed model's front end has convolutions too, whose "maps" are no maps.
  const isMap = ({ before }: Tap) => mapShape(before).length === 3;
  const all = [...network.taps.values()];
  const inside = all.filter(isMap);
  const outside = all.filter((tap) => !isMap(tap));
  const published = networks.members.find((member) => member.name === network.graph.name)?.published;
  const taps = inside.map((tap) => describe(tap, counts.get(tap.name) ?? 0, published?.layers[tap.name]));
  const total =
    sum([...findWeights(network.graph).trainable].map(size)) -
    sum(outside.map(({ name: tap }) => counts.get(tap) ?? 0));
  if (flags.json) {
    const input = mapShape(network.input);
    process.stdout.write(
      `${JSON.stringify({ network: network.graph.name, input, taps, parameters: total })}\n`,
    );
    return;
  }
  const right = { align: 'right' } as const;
  const table = plainTable(
    [
      { head: 'tap' },
      { head: 'before' },
      { head: 'after' },
      { head: 'parameters', ...right },
      ...(published ? [{ head: "paper's layer", ...right }] : []),
    ],
    taps.map(({ tap, before, after, parameters, publishedLayer }) => [
      tap,
      shapeText(before),
      after === undefined ? 'no activation' : shapeText(after),
      parameters.toLocaleString('en'),
      ...(published ? [String(publishedLayer ?? '')] : []),
    ]),
  );
  process.stdout.write(
    `${network.graph.name}, input ${shapeText(mapShape(network.input))}\n\n${table}\n\n` +
      `${total.toLocaleString('en')} parameters in all, the layers above the taps included\n`,
  );
}

async function ofConfig(path: string): Promise<Network> {
  const { experiment } = await configOf(path, {});
  const { frames, bins } = buildFrontEnd(experiment.features);
  const network = await networkOf(experiment.network, [1, frames, bins], CLASSES);
  requireKnown('tap', experiment.tap ?? lastConvolution(network), [...network.taps.keys()]);
  return network;
}

async function ofName(name: string, { input, width, head }: Flags): Promise<Network> {
  if (name.endsWith('.onnx')) {
    const network = await loadNetwork(name);
    return input === undefined ? network : withInput(network, input, name);
  }
  requireKnown('network', name, [...networks.names, 'FILE.onnx']);
  return buildNetwork(name, { classes: CLASSES, input: input ?? DEFAULT_INPUT, width, head });
}

function describe({ name, before, after }: Tap, parameters: number, publishedLayer: number | undefined) {
  return {
    tap: name,
    before: mapShape(before),
    /** Absent where there is no activation function. */
    ...(after !== before && { after: mapShape(after) }),
    parameters,
    ...(publishedLayer !== undefined && { publishedLayer }),
  };
}

/** Of each convolution, with the normalization behind it. */
function parametersByTap({ graph, taps }: Network): Map<string, number> {
  const { trainable } = findWeights(graph);
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    const tap = [...taps.values()].find(
      ({ name, kind, before }) =>
        node.name === name || (kind === 'convolution' && node.outputs[0] === before),
    );
    if (tap === undefined) continue;
    const own = node.inputs.flatMap((value) =>
      value !== undefined && trainable.has(value) ? [size(value)] : [],
    );
    counts.set(tap.name, (counts.get(tap.name) ?? 0) + sum(own));
  }
  return counts;
}

function size(value: Value): number {
  return value.data?.data.length ?? 0;
}

function shapeText(shape: readonly (string | number)[]): string {
  // What becomes of a free size in a pooling is a formula, too wide for a table.
  return shape.map((size) => (/^[\w.-]+$/.test(String(size)) ? size : '…')).join(' x ');
}
