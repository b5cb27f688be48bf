import { differentiate, Graph, Random, writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { AggregationName } from '../../../src/learning/objectives/aggregations/registry.js';
import {
  type SimilarityName,
  similarityTerm,
} from '../../../src/learning/objectives/similarities/registry.js';
import type { Maps } from './definitions.js';

interface Question {
  readonly aggregation: AggregationName;
  readonly similarity: SimilarityName;
  readonly current: Maps;
  readonly frozen: Maps;
  /** A symbolic batch is the default: it is what a training has. */
  readonly batch?: 'symbolic' | 'static';
  /** For aggregations that choose channels. */
  readonly channels?: readonly number[];
}

/** A similarity of two sets of maps, and its gradient with respect to the first, by ONNX Runtime. */
export async function evaluate(question: Question): Promise<{ loss: number; gradient: number[] }> {
  const { aggregation, similarity, current, frozen } = question;
  const graph = new Graph('penalty');
  const declare = (name: string, { shape: [batch, ...rest] }: Maps) =>
    graph.input(name, [question.batch === 'static' ? batch : 'batch', ...rest]);
  const x = declare('current', current);
  const y = declare('frozen', frozen);
  const term = similarityTerm(aggregation, similarity);
  const chosen = term.choosesChannels ? graph.input('channels', ['chosen'], 'int64') : undefined;
  const loss = term.measure(x, term.prepare(y), chosen);
  const gradient = differentiate(graph, loss, [x]).get(x);
  if (gradient === undefined) throw new Error('The similarity has no gradient.');
  graph.output(loss);
  graph.output(gradient);
  const session = await InferenceSession.create(writeOnnx(graph), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feed = ({ data, shape }: Maps) => new Tensor('float32', Float32Array.from(data), shape);
  const channels = BigInt64Array.from(question.channels ?? [], BigInt);
  const results = await session.run({
    current: feed(current),
    frozen: feed(frozen),
    ...(term.choosesChannels && { channels: new Tensor('int64', channels, [channels.length]) }),
  });
  await session.release();
  const read = (name: string) => Array.from(results[name]?.data as Float32Array);
  return { loss: read(loss.name)[0] ?? Number.NaN, gradient: read(gradient.name) };
}

/** Maps as they are behind a ReLU: about a third are zero, unless `positive`. */
export function drawMaps(
  shape: Maps['shape'],
  seed: number,
  options: { positive?: boolean; scale?: number } = {},
): Maps {
  const random = new Random(seed);
  const { positive = false, scale = 1 } = options;
  const draw = () => scale * Math.max(0, positive ? 0.2 + random.uniform() : random.normal() + 0.5);
  // Rounded to float32, so that both sides compute with the same numbers.
  return { shape, data: Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.fround(draw())) };
}

/** Euclidean distance of two lists, relative to the length of the second; 0 when both are zero. */
export function relativeDistance(actual: readonly number[], wanted: readonly number[]): number {
  const distance = Math.hypot(...actual.map((value, i) => value - (wanted[i] ?? Number.NaN)));
  return distance === 0 ? 0 : distance / Math.hypot(...wanted);
}
