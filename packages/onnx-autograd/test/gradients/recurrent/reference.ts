/** A recurrent layer in plain numbers, by the formulas of the ONNX standard, in double precision. */
export interface Layer {
  readonly operator: 'RNN' | 'GRU' | 'LSTM';
  readonly time: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly direction: 'forward' | 'reverse' | 'bidirectional';
  /** Of one direction, or of both after each other; the standard's own when absent. */
  readonly activations?: readonly ActivationOf[];
  /** Gates look at the cells. */
  readonly peepholes?: boolean;
  /** What is not let in is kept. */
  readonly coupled?: boolean;
  readonly linearBeforeReset?: boolean;
  readonly clip?: number;
  readonly lengths?: readonly number[];
}

/** An activation and its numbers, where it has some. */
export interface ActivationOf {
  readonly name: keyof typeof functions;
  readonly alpha?: number;
  readonly beta?: number;
}

const logistic = (value: number) => 1 / (1 + Math.exp(-value));

/** By the standard, with its defaults. */
const functions = {
  Sigmoid: logistic,
  Tanh: Math.tanh,
  Relu: (x: number) => Math.max(0, x),
  Softsign: (x: number) => x / (1 + Math.abs(x)),
  Softplus: (x: number) => Math.log1p(Math.exp(x)),
  Affine: (x: number, alpha = 0, beta = 0) => alpha * x + beta,
  LeakyRelu: (x: number, alpha = 0.01) => (x < 0 ? alpha * x : x),
  ThresholdedRelu: (x: number, alpha = 1) => (x > alpha ? x : 0),
  ScaledTanh: (x: number, alpha = 0, beta = 0) => alpha * Math.tanh(beta * x),
  HardSigmoid: (x: number, alpha = 0.2, beta = 0.5) => Math.min(1, Math.max(0, alpha * x + beta)),
  Elu: (x: number, alpha = 1) => (x >= 0 ? x : alpha * (Math.exp(x) - 1)),
} as const;

const usual = { LSTM: ['Sigmoid', 'Tanh', 'Tanh'], GRU: ['Sigmoid', 'Tanh'], RNN: ['Tanh'] } as const;

function functionsOf({ operator, activations }: Layer, direction: number): ((x: number) => number)[] {
  const own: readonly ActivationOf[] = usual[operator].map((name) => ({ name }));
  const count = own.length;
  const given = activations?.slice(activations.length > count ? direction * count : 0) ?? own;
  return given.slice(0, count).map(
    ({ name, alpha, beta }) =>
      (x) =>
        functions[name](x, alpha, beta),
  );
}

/** Flat lists: input, weights, recurrent weights, biases, first states, first cells, peepholes. */
export interface Numbers {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly r: readonly number[];
  readonly b: readonly number[];
  readonly h0: readonly number[];
  readonly c0: readonly number[];
  readonly p: readonly number[];
}

/** Flat lists: all states `(time, directions, batch, hidden)`, last states and last cells `(directions, batch, hidden)`. */
export interface Results {
  readonly y: number[];
  readonly yh: number[];
  readonly yc: number[];
}

export const gatesOf = { RNN: 1, GRU: 3, LSTM: 4 } as const;

export function directionsOf({ direction }: Layer): boolean[] {
  return direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
}

/** What the layer makes. */
export function compute(layer: Layer, numbers: Numbers): Results {
  const { time, batch, hidden } = layer;
  const directions = directionsOf(layer);
  const y = new Array<number>(time * directions.length * batch * hidden).fill(0);
  const yh: number[] = [];
  const yc: number[] = [];
  for (const [direction, isReversed] of directions.entries()) {
    for (let sample = 0; sample < batch; sample++) {
      const at = (direction * batch + sample) * hidden;
      let state = numbers.h0.slice(at, at + hidden);
      let cell = numbers.c0.slice(at, at + hidden);
      const length = layer.lengths?.[sample] ?? time;
      for (let step = 0; step < length; step++) {
        const place = isReversed ? length - 1 - step : step;
        [state, cell] = next(layer, numbers, direction, place * batch + sample, state, cell);
        const from = ((place * directions.length + direction) * batch + sample) * hidden;
        for (const [i, value] of state.entries()) y[from + i] = value;
      }
      yh.push(...state);
      yc.push(...cell);
    }
  }
  return { y, yh, yc };
}

type Plain = (x: number) => number;

function next(
  layer: Layer,
  { x, w, r, b, p }: Numbers,
  direction: number,
  row: number,
  state: readonly number[],
  cell: readonly number[],
): [number[], number[]] {
  const { operator, features, hidden, clip = Infinity } = layer;
  const gates = gatesOf[operator];
  const input = x.slice(row * features, (row + 1) * features);
  const product = (weights: readonly number[], by: readonly number[], gate: number, unit: number) => {
    const from = ((direction * gates + gate) * hidden + unit) * by.length;
    return by.reduce((total, value, i) => total + value * (weights[from + i] as number), 0);
  };
  const bias = (half: number, gate: number, unit: number) =>
    b[((direction * 2 + half) * gates + gate) * hidden + unit] as number;
  const cut = (value: number) => Math.min(Math.max(value, -clip), clip);
  const [f0, f1, f2] = functionsOf(layer, direction) as [Plain, Plain, Plain];
  const sums = (gate: number, by = state, seen?: readonly number[]) =>
    state.map((_, unit) =>
      cut(
        (seen ? (seen[unit] as number) * (p[(direction * 3 + gate) * hidden + unit] as number) : 0) +
          product(w, input, gate, unit) +
          product(r, by, gate, unit) +
          bias(0, gate, unit) +
          bias(1, gate, unit),
      ),
    );
  if (operator === 'RNN') {
    return [sums(0).map(f0), [...cell]];
  }
  if (operator === 'LSTM') {
    const { peepholes, coupled } = layer;
    const i = sums(0, state, peepholes ? cell : undefined).map(f0);
    const f = coupled ? i.map((value) => 1 - value) : sums(2, state, peepholes ? cell : undefined).map(f0);
    const g = sums(3).map(f1);
    const cells = cell.map((value, k) => (f[k] as number) * value + (i[k] as number) * (g[k] as number));
    const o = sums(1, state, peepholes ? cells : undefined).map(f0);
    return [cells.map((value, k) => (o[k] as number) * f2(value)), cells];
  }
  const [z, reset] = [0, 1].map((gate) => sums(gate).map(f0)) as [number[], number[]];
  const chosen = state.map((value, k) => value * (reset[k] as number));
  const candidate = layer.linearBeforeReset
    ? state.map((_, k) =>
        f1(
          cut(
            product(w, input, 2, k) +
              bias(0, 2, k) +
              (reset[k] as number) * (product(r, state, 2, k) + bias(1, 2, k)),
          ),
        ),
      )
    : sums(2, chosen).map(f1);
  const states = state.map(
    (value, k) => (1 - (z[k] as number)) * (candidate[k] as number) + (z[k] as number) * value,
  );
  return [states, [...cell]];
}

/** The sum of all results, each times a weight. */
export function weighted(
  results: Results,
  weights: Readonly<Record<keyof Results, readonly number[]>>,
): number {
  const keys = ['y', 'yh', 'yc'] as const;
  return keys
    .flatMap((key) => results[key].map((value, i) => value * (weights[key][i] ?? 0)))
    .reduce((a, b) => a + b, 0);
}
