import {
  add,
  cast,
  concat,
  div,
  expand,
  fusedMatMul,
  gather,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  sub,
  tanh,
  transpose,
  unsqueeze,
  where,
} from '../building/expressions.js';
import { OnnxFormatError } from '../errors.js';
import { type Attributes, readFloat, readInt } from '../graph/attributes.js';
import { sizeAt, type Value } from '../graph/value.js';
import { int64 } from '../tensor.js';
import { allowedBy, asLongAs, type Order, orderOf } from './attention-masks.js';
import { type Draft, first, type Lowering, named } from './draft.js';

/** Queries, keys and values `(batch, heads, length, features)`, and how they are compared. */
interface Comparison {
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
  /** `bool` where a query may look at a key, or what is added to their likeness. */
  readonly mask: Value | undefined;
  readonly order: Order;
  readonly scale: number;
  readonly softcap: number;
}

/** What attention makes, and how alike queries and keys are at each stage, as the standard counts them. */
interface Attended {
  readonly made: Value;
  /** Before anything, with the cap, with the mask too, and as shares. */
  readonly stages: readonly [Value, Value, () => Value, Value];
}

/** `softmax(scale Q K' + mask) V` (Vaswani et al. 2017). */
function attend({ queries, mask, order, scale, softcap, ...given }: Comparison): Attended {
  const heads = sizeAt(queries, 1);
  const [keys, values] = [repeated(given.keys, heads), repeated(given.values, heads)];
  const likeness = mul(fusedMatMul(queries, keys, { transB: 1 }), scale);
  const capped = softcap > 0 ? mul(tanh(div(likeness, softcap)), softcap) : likeness;
  const allowed = [...(mask?.type === 'bool' ? [mask] : []), ...allowedBy(order, capped)];
  const shifted = mask !== undefined && mask.type !== 'bool' ? add(capped, mask) : capped;
  const seen = allowed.reduce((scores, one) => where(one, scores, hidden), shifted);
  // A query that may look at nothing is answered with zeros.
  const shares = allowed.reduce((all, one) => mul(all, cast(one, all.type)), softmax(seen, -1));
  const masked = () => allowed.reduce((all, one) => where(one, all, Number.NEGATIVE_INFINITY), shifted);
  return { made: matMul(shares, values), stages: [likeness, capped, masked, shares] };
}

/** So unlike that its exponential is 0, and a difference of two still a number. */
const hidden = -1e30;

/** Each head as often as groups of queries share it. */
function repeated(x: Value, heads: number): Value {
  const own = sizeAt(x, 1);
  if (own === heads) return x;
  if (heads % own !== 0)
    throw new OnnxFormatError(`Attention: ${heads} heads of queries for ${own} of keys.`);
  const copies = expand(unsqueeze(x, [2]), [1, 1, heads / own, 1, 1]);
  return reshape(copies, [0, heads, -1, sizeAt(x, 3)]);
}

/** `(batch, length, heads * features)` as `(batch, heads, length, features)`. */
function apart(x: Value, heads: number): Value {
  return transpose(reshape(x, [0, 0, heads, -1]), [0, 2, 1, 3]);
}

/** The nodes that put heads together again, the last of them with the name of the output. */
function together(made: Value, output: string): Draft {
  const { graph } = made;
  const size = sizeAt(made, 1) * sizeAt(made, 3);
  const sizes = graph.constant(int64([0, 0, size]), 'sizes');
  const inputs = [transpose(made, [0, 2, 1, 3]), sizes];
  return { operator: 'Reshape', inputs, attributes: {}, outputs: [output] };
}

/** `Attention` of opset 23 and later, with what it has kept of earlier keys and values in front. */
export const attention: Lowering = ({ inputs, attributes, outputs }) => {
  const [q, k, v, given, pastKey, pastValue, nonpadded] = inputs;
  if (!q || !k || !v) throw new OnnxFormatError('Attention: queries, keys or values are missing.');
  const isFlat = q.rank === 3;
  // The processor computes half precision in single, too.
  const wide = (x: Value) => (x.type === 'float16' ? cast(x, 'float32') : x);
  const narrow = (x: Value) => (x.type === q.type ? x : cast(x, q.type));
  const [queryHeads, keyHeads] = ['q_num_heads', 'kv_num_heads'].map((name) => readInt(attributes, name, 1));
  const [queries, newKeys, newValues] = isFlat
    ? [apart(q, queryHeads as number), apart(k, keyHeads as number), apart(v, keyHeads as number)]
    : [q, k, v];
  const keys = pastKey ? concat([pastKey, newKeys], 2) : newKeys;
  const values = pastValue ? concat([pastValue, newValues], 2) : newValues;
  const { made, stages } = attend({
    ...{ queries: wide(queries), keys: wide(keys), values: wide(values) },
    mask: given && asLongAs(keys, wide(given)),
    order: orderOf(attributes, queries, pastKey, nonpadded),
    scale: scaleOf(attributes, queries),
    softcap: readFloat(attributes, 'softcap', 0),
  });
  const [y = '', presentKey, presentValue, alike] = outputs;
  const stage = stages[readInt(attributes, 'qk_matmul_output_mode', 0)] ?? stages[0];
  return [
    isFlat ? together(narrow(made), y) : named(narrow(made), y),
    ...(presentKey ? [named(keys, presentKey)] : []),
    ...(presentValue ? [named(values, presentValue)] : []),
    ...(alike ? [named(narrow(typeof stage === 'function' ? stage() : stage), alike)] : []),
  ];
};

function scaleOf(attributes: Attributes, queries: Value): number {
  const given = readFloat(attributes, 'scale', 0);
  return given === 0 ? 1 / Math.sqrt(sizeAt(queries, 3)) : given;
}

/** ONNX Runtime's attention over several heads, of queries, keys and values `(batch, length, features)`. */
export const multiHeadAttention: Lowering = ({ inputs, attributes, outputs }) => {
  const [query, key, value, bias, padding, mask, ...cache] = inputs;
  if (!query || !key || !value || query.rank !== 3 || key.rank !== 3 || value.rank !== 3) {
    throw new OnnxFormatError('MultiHeadAttention: packed queries, keys and values are not read.');
  }
  if (padding || cache.some((one) => one !== undefined) || outputs.length > 1) {
    throw new OnnxFormatError('MultiHeadAttention: a mask of padding and a cache are not read.');
  }
  const heads = readInt(attributes, 'num_heads', 1);
  const parts = [query, key, value];
  const sizes = parts.map((part) => sizeAt(part, 2));
  const biased = parts.map((part, i) => {
    const start = sizes.slice(0, i).reduce((a, b) => a + b, 0);
    const moved = bias ? add(part, slice(bias, [start], [start + (sizes[i] as number)], [0])) : part;
    return apart(moved, heads);
  });
  return [together(attendHeads(biased, mask, attributes), outputs[0] ?? '')];
};

/** ONNX Runtime's attention of a sequence to itself, with the matrix that makes queries, keys and values of it. */
export const selfAttention: Lowering = (draft) => {
  const [, weights, bias, padding, past, mask] = draft.inputs;
  const x = first(draft);
  const { attributes, outputs } = draft;
  if (!weights) throw new OnnxFormatError('Attention: its weights are missing.');
  if (padding || past || outputs.length > 1 || attributes.qkv_hidden_sizes || attributes.do_rotary) {
    throw new OnnxFormatError(
      'com.microsoft.Attention: a mask of padding, a cache, sizes that differ and rotation are not read.',
    );
  }
  const product = matMul(x, weights);
  const all = bias ? add(product, bias) : product;
  const size = sizeAt(all, 2) / 3;
  const heads = readInt(attributes, 'num_heads', 1);
  const parts = [0, 1, 2].map((i) => apart(slice(all, [i * size], [(i + 1) * size], [2]), heads));
  return [together(attendHeads(parts, mask, attributes), outputs[0] ?? '')];
};

function attendHeads(parts: readonly Value[], mask: Value | undefined, attributes: Attributes): Value {
  const [queries, keys, values] = parts as [Value, Value, Value];
  const order = { isCausal: readInt(attributes, 'unidirectional', 0) === 1, left: -1, right: -1 };
  const scale = scaleOf(attributes, queries);
  return attend({ queries, keys, values, mask, order, scale, softcap: 0 }).made;
}

/** Pairs of features are turned by angles that grow with the place (Su et al. 2021). */
export const rotaryEmbedding: Lowering = (draft) => {
  const [, cosines, sines, places] = draft.inputs;
  const { attributes, outputs } = draft;
  const x = first(draft);
  if (!cosines || !sines) throw new OnnxFormatError('RotaryEmbedding: its cosines or sines are missing.');
  const isFlat = x.rank === 3;
  const heads = readInt(attributes, 'num_heads', 0);
  if (isFlat && heads === 0) throw new OnnxFormatError('RotaryEmbedding: of three axes it needs num_heads.');
  const all = isFlat ? apart(x, heads) : x;
  const size = sizeAt(all, 3);
  const turned = readInt(attributes, 'rotary_embedding_dim', 0) || size;
  // (batch, 1, length, pairs)
  const [cos, sin] = [cosines, sines].map((table) =>
    unsqueeze(places ? gather(table, places, 0) : table, [1]),
  ) as [Value, Value];
  const part = turned === size ? all : slice(all, [0], [turned], [3]);
  const isInterleaved = readInt(attributes, 'interleaved', 0) === 1;
  const half = turned / 2;
  const [a, b] = isInterleaved
    ? [slice(part, [0], [turned], [3], [2]), slice(part, [1], [turned], [3], [2])]
    : [slice(part, [0], [half], [3]), slice(part, [half], [turned], [3])];
  const real = sub(mul(cos, a), mul(sin, b));
  const imaginary = add(mul(sin, a), mul(cos, b));
  const made = isInterleaved
    ? reshape(concat([unsqueeze(real, [4]), unsqueeze(imaginary, [4])], 4), [0, 0, 0, turned])
    : concat([real, imaginary], 3);
  const whole = turned === size ? made : concat([made, slice(all, [turned], [size], [3])], 3);
  return [isFlat ? together(whole, outputs[0] ?? '') : named(whole, outputs[0] ?? '')];
};
