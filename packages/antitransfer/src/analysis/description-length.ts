import type { Random } from 'onnx-autograd/random';
import { groupBy } from '../group-by.js';
import { deal } from './deal.js';
import { fitWithChosenPenalty } from './fit-with-penalty.js';
import { standardiser } from './logistic-regression.js';
import type { ProbeOptions, ProbeProgress } from './probe.js';
import { linearReader, mlpReader, type ProbeReader } from './probe-reader.js';
import { probeSample } from './probe-sample.js';
import { giveWay, runSteps } from './run-steps.js';
import { requireFinite, type Vectors } from './vectors.js';

/** How short labels can be written by who has the representations. */
export interface DescriptionLength {
  readonly bits: number;
  /** Bits without the representations, every label equally likely. */
  readonly uniform: number;
}

/** Parts of the recordings after each of which a reader is fitted anew. */
const BLOCKS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];

/** Vectors by which a penalty can be chosen. */
const LEAST = 8;

/**
 * Minimum description length by online coding (Voita and Titov 2020, arXiv 2003.12298, section 3.2): labels are written block
 * by block, each by a reader that was fitted to the blocks before, the first one with every label equally likely. It is
 * short where a reader is good and few vectors teach it; a probe's accuracy says only the first. Recordings stay whole.
 *
 * @param representations shape (n, features)
 * @param labels shape (n)
 * @throws RangeError when a feature is not finite
 * @throws the signal's reason when it aborts
 */
export async function descriptionLength(
  representations: Vectors,
  labels: readonly string[],
  { reader = 'linear', signal, onProgress: _, ...options }: ProbeOptions & ProbeProgress,
): Promise<DescriptionLength> {
  const coded =
    reader === 'linear'
      ? codeInSteps(representations, labels, options, linearReader)
      : codeInSteps(representations, labels, options, mlpReader(options.random.fork('code mlp')));
  return runSteps(coded, () => giveWay(signal));
}

function* codeInSteps<Model>(
  all: Vectors,
  allLabels: readonly string[],
  { random, groups }: ProbeOptions,
  reader: ProbeReader<Model>,
): Generator<void, DescriptionLength, void> {
  requireFinite(all, 'a description length');
  const every = allLabels.map((label, i) => ({ label, group: groups?.[i] ?? String(i) }));
  const sample = probeSample(every, all[0]?.length ?? 0, random.fork('code sample'));
  const items = sample.map((i) => every[i]!);
  const classes = [...new Set(items.map(({ label }) => label))].sort();
  const codes = items.map(({ label }) => classes.indexOf(label));
  const blocks = blocksOf(items, random.fork('code order'));
  const perLabel = Math.log2(classes.length);
  let bits = 0;
  const before: number[] = [];
  for (const [number, block] of blocks.entries()) {
    if (before.length < LEAST) bits += perLabel * block.length;
    else {
      const standardise = standardiser(before.map((i) => all[sample[i]!]!));
      const on = (indices: readonly number[]) => ({
        vectors: indices.map((i) => standardise(all[sample[i]!]!)),
        labels: indices.map((i) => codes[i]!),
      });
      const sides = deal(
        before.map((i) => items[i]!),
        [0.75, 0.25],
        random.fork(`code penalty ${number}`),
      );
      const part = (side: number) => on(before.filter((_, at) => sides[at] === side));
      const model = yield* fitWithChosenPenalty(reader, part(0), part(1), on(before), classes.length);
      const next = on(block);
      bits += (reader.loss(model, next.vectors, next.labels) * block.length) / Math.LN2;
    }
    before.push(...block);
  }
  return { bits, uniform: perLabel * items.length };
}

/** Indices of items in random order, whole groups together, in growing blocks; empty ones are left out. */
function blocksOf(items: readonly { readonly group: string }[], random: Random): number[][] {
  const members = groupBy(items.keys(), (i) => items[i]!.group);
  const order = random.shuffle([...members.values()]);
  let first = 0;
  return BLOCKS.flatMap((part) => {
    const last = Math.round(part * order.length);
    const block = order.slice(first, last).flat();
    first = Math.max(first, last);
    return block.length === 0 ? [] : [block];
  });
}
