import { GraphError } from '../../errors.js';
import type { Value } from '../../graph/value.js';
import { float32, int64 } from '../../tensor.js';
import {
  add,
  cast,
  concat,
  div,
  equal,
  gather,
  greater,
  less,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  squeeze,
  sub,
  unsqueeze,
  where,
} from '../expressions.js';
import { safeLabels } from './labels.js';

/** What the CTC loss may be told beside logits, labels and their numbers. */
export interface CtcOptions {
  /** How many frames of each clip count, int64, `(batch)`; all when absent. */
  readonly frames?: Value;
  /** The class that stands for no label. Default 0. */
  readonly blank?: number;
  /**
   * A clip whose labels do not fit into its frames has an infinite loss, and no step is made. With this its loss is 0 and it
   * moves nothing. Default false.
   */
  readonly zeroInfinity?: boolean;
}

/** Stands for the logarithm of 0: infinity less infinity would be no number. */
const never = -1e30;

/**
 * Mean loss of connectionist temporal classification (Graves and others 2006): the probability of all ways to say the
 * labels in order within the frames, each label over one frame or more, blanks between them. The loss of each clip is
 * divided by its number of labels, as by PyTorch's mean.
 *
 * The recursion over the frames is written out, about twenty-five nodes a frame with its gradient: compiling takes longer for
 * longer clips.
 *
 * @param logits `(batch, frames, classes)`, before softmax; the number of frames is known.
 * @param labels `(batch, most labels)`, int64, classes other than the blank; what stands behind a clip's number of labels
 *   is a class too, and does not count.
 * @param labelCounts how many labels each clip has, int64, `(batch)`, from 0.
 * @param options numbers of frames, the blank, clips that are impossible.
 * @returns a scalar, in nats a label.
 * @throws GraphError when a size must be known and is not, or the blank is no class.
 */
export function ctcLoss(logits: Value, labels: Value, labelCounts: Value, options: CtcOptions = {}): Value {
  const losses = ctcLossPerSample(logits, labels, labelCounts, options);
  return mean(div(losses, maximum(cast(labelCounts, 'float32'), 1)), undefined, false);
}

/**
 * CTC loss of each clip, `(batch)`, in nats. Arguments as for {@link ctcLoss}.
 *
 * @throws GraphError when a size must be known and is not, or the blank is no class.
 */
export function ctcLossPerSample(
  logits: Value,
  labels: Value,
  labelCounts: Value,
  { frames, blank = 0, zeroInfinity = false }: CtcOptions = {},
): Value {
  const { graph } = logits;
  const [, time, classes] = logits.knownShape;
  const most = labels.knownShape[1];
  if (logits.rank !== 3 || typeof time !== 'number' || typeof classes !== 'number') {
    throw new GraphError(
      `The logits "${logits.name}" of a CTC loss are (${logits.knownShape.join(', ')}); wanted are (batch, frames, ` +
        'classes), the last two as numbers.',
    );
  }
  if (labels.rank !== 2 || typeof most !== 'number' || most < 1) {
    throw new GraphError(
      `The labels "${labels.name}" of a CTC loss are (${labels.knownShape.join(', ')}); wanted are (batch, most ` +
        'labels), the second as a number, 1 or more.',
    );
  }
  if (!(Number.isInteger(blank) && blank >= 0 && blank < classes)) {
    throw new GraphError(`The blank ${blank} is no class; there are ${classes}, from 0.`);
  }
  const integers = (list: readonly number[], name: string) => graph.constant(int64([...list]), name);
  const { labels: safe, known } = safeLabels(labels, classes);

  // Blanks and labels in turns: blank, label, blank, ..., label, blank.
  const states = Array.from({ length: 2 * most + 1 }, (_, state) => state);
  const blanks = add(
    mul(gather(safe, integers([0], 'first'), 1), integers([0], 'zero')),
    integers([blank], 'blank'),
  );
  const places = states.map((state) => (state % 2 === 0 ? 0 : (state + 1) / 2));
  const symbols = gather(concat([blanks, safe], 1), integers(places, 'states'), 1);

  // What each frame says of each state's symbol: (batch, frames, states).
  const everywhere = graph.constant(int64(Array(time).fill(0), [1, time, 1]), 'frames');
  const logs = logSoftmax(logits, -1);
  const asked = add(unsqueeze(symbols, [1]), everywhere);
  const said = graph.apply('GatherElements', [logs, asked], { axis: 2 });
  const perFrame = graph.applyAll('Split', [said], { axis: 1 }, { outputCount: time });

  // From where a state may be reached: itself, the one before, and the one before that, where both are other labels.
  const before = (by: number) => states.map((state) => Math.max(0, state - by));
  const from = states.flatMap((state) => [0, 1, 2].map((by) => Math.max(0, state - by)));
  const sources = graph.constant(int64(from, [states.length, 3]), 'sources');
  const twice = equal(symbols, gather(symbols, integers(before(2), 'two before'), 1));
  const steps = states.flatMap((state) => [
    0,
    state < 1 ? never : 0,
    state < 3 || state % 2 === 0 ? never : 0,
  ]);
  const allowed = graph.constant(float32(steps, [1, states.length, 3]), 'allowed');
  const skips = graph.constant(float32([0, 0, 1], [1, 1, 3]), 'skip');
  const ways = add(allowed, mul(unsqueeze(where(twice, never, 0), [2]), skips));

  const starts = graph.constant(
    float32(
      states.map((state) => (state < 2 ? 0 : never)),
      [1, states.length],
    ),
    'starts',
  );
  let reached: Value | undefined;
  for (const [frame, saying] of perFrame.entries()) {
    const saidNow = squeeze(saying, [1]);
    if (reached === undefined) {
      reached = add(saidNow, starts);
      continue;
    }
    const next = add(logSumExp(add(gather(reached, sources, 1), ways), 2), saidNow);
    const goesOn = frames && greater(unsqueeze(frames, [1]), integers([frame], 'frame'));
    reached = goesOn === undefined ? next : where(goesOn, next, reached);
  }

  // The last label, or the blank behind it.
  const last = mul(unsqueeze(labelCounts, [1]), integers([2], 'two'));
  const ends = maximum(add(last, integers([-1, 0], 'ends')), integers([0], 'zero'));
  const hasLabel = greater(unsqueeze(labelCounts, [1]), integers([0], 'zero'));
  const noLabel = mul(where(hasLabel, 0, never), graph.constant(float32([1, 0], [1, 2]), 'label'));
  const ended = graph.apply('GatherElements', [reached as Value, ends], { axis: 1 });
  const losses = neg(logSumExp(add(ended, noLabel), 1));
  const impossible = greater(losses, -never / 2);
  const counted = where(impossible, zeroInfinity ? 0 : Number.POSITIVE_INFINITY, losses);
  return known === undefined ? counted : where(allOf(known), counted, Number.NaN);
}

function logSumExp(x: Value, axis: number): Value {
  return x.graph.apply('ReduceLogSumExp', [x], { axes: [axis], keepdims: 0 });
}

/** Whether all of each row, `(batch)` of bool `(batch, ...)`. */
function allOf(known: Value): Value {
  const wrong = sub(1, cast(known, 'float32'));
  const any = wrong.graph.apply('ReduceMax', [wrong], { axes: [1], keepdims: 0 });
  return less(any, 0.5);
}
