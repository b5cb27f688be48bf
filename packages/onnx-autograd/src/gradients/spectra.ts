import { expand, mul, pad, reshape, shape, slice, squeeze } from '../building/expressions.js';
import { UnsupportedOperatorError } from '../errors.js';
import { readInt } from '../graph/attributes.js';
import { normaliseAxis, staticSizes } from '../graph/shape.js';
import { sizeAt, type Value } from '../graph/value.js';
import { binsOf, framesOf, isToReal, transformLength } from '../shapes/spectra.js';
import { float32, int64 } from '../tensor.js';
import { type GradientRule, required } from './rule.js';

/**
 * The transform is linear, and its matrix symmetric: backward goes the transform with the other sign, which in the standard
 * is the inverse but for a factor of the length. Frequencies that were not told are zeros; of real numbers the real part counts.
 */
export const fourierBack: GradientRule = (context) => {
  const { node, dy } = context;
  const x = required(context, 0);
  const axis = normaliseAxis(readInt(node.attributes, 'axis', 1), x.rank, 'DFT');
  const length = transformLength(node);
  if (typeof length !== 'number') {
    throw new UnsupportedOperatorError('DFT', node.name, 'its length must be known before the graph runs.');
  }
  if (isToReal(node)) return [along(oneSide(dy, axis, length), axis, sizeAt(x, axis))];
  const isInverse = readInt(node.attributes, 'inverse', 0) === 1;
  const whole = along(dy, axis, length);
  const back = transform(whole, axis, !isInverse, length);
  const fitted = along(back, axis, sizeAt(x, axis));
  return [sizeAt(x, -1) === 1 ? slice(fitted, [0], [1], [x.rank - 1]) : fitted];
};

/** Frequencies that have a mirror image are told once, and count twice. */
function oneSide(dy: Value, axis: number, length: number): Value {
  const bins = binsOf(length, true);
  const weights = Array.from({ length: bins }, (_, k) => (k === 0 || 2 * k === length ? 1 : 2) / length);
  const sizes = dy.knownShape.map((_, i) => (i === axis ? bins : 1));
  return mul(
    dy.graph.apply('DFT', [dy], { axis, onesided: 1 }),
    dy.graph.constant(float32(weights, sizes), 'weights'),
  );
}

/** The sum over frequencies, with the sign of the inverse or the other one, divided by nothing. */
function transform(x: Value, axis: number, isInverse: boolean, length: number): Value {
  const made = x.graph.apply('DFT', [x], { axis, inverse: isInverse ? 1 : 0 });
  // Of a forward transform the gradient is the inverse without its division; of an inverse, divided, the forward one.
  return mul(made, isInverse ? length : 1 / length);
}

/** Cut, or filled up with zeros, to a length. */
function along(x: Value, axis: number, length: number): Value {
  const more = length - sizeAt(x, axis);
  if (more === 0) return x;
  const none = new Array<number>(x.rank).fill(0);
  return pad(x, none, none.with(axis, more));
}

/** Each frame's transform back, weighted by the window, added where the frame was. */
export const shortTimeFourierBack: GradientRule = (context) => {
  const { node, dy, graph } = context;
  const [x, , window] = [required(context, 0), required(context, 1), context.inputs[2]];
  const frames = framesOf(node);
  if (frames === undefined) {
    throw new UnsupportedOperatorError('STFT', node.name, 'step and length of its frames must be constants.');
  }
  const { step, length } = frames;
  const [samples, parts] = staticSizes(x.knownShape.slice(1), 'STFT') as [number, number];
  if (parts !== 1) {
    throw new UnsupportedOperatorError('STFT', node.name, 'of complex numbers there is no gradient.');
  }
  const count = sizeAt(dy, 1);
  const isOnesided = readInt(node.attributes, 'onesided', 1) === 1;
  const whole = binsOf(length, isOnesided) === length ? dy : along(dy, 2, length);
  const real = squeeze(slice(transform(whole, 2, true, length), [0], [1], [3]), [3]);
  const weighted = window ? mul(real, window) : real;
  const list = reshape(weighted, [-1, count * length]);
  const places = Array.from({ length: count * length }, (_, i) => {
    const frame = Math.floor(i / length);
    return frame * step + (i % length);
  });
  const indices = expand(graph.constant(int64(places, [1, count * length]), 'places'), shape(list));
  const zeros = graph.apply('ConstantOfShape', [shape(squeeze(x, [2]))]);
  const added = graph.apply('ScatterElements', [zeros, indices, list], { axis: 1, reduction: 'add' });
  return [reshape(added, [-1, samples, 1])];
};
