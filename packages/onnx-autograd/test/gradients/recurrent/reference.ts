/** A recurrent layer in plain numbers, by the formulas of the ONNX standard, in double precision. */
export interface Layer {
  readonly operator: 'RNN' | 'GRU' | 'LSTM';
  readonly time: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly direction: 'forward' | 'reverse' | 'bidirectional';
  readonly relu?: boolean;
  readonly linearBeforeReset?: boolean;
  readonly clip?: number;
  readonly lengths?: readonly number[];
}

/** Flat lists: input, weights, recurrent weights, biases, first states, first cells. */
export interface Numbers {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly r: readonly number[];
  readonly b: readonly number[];
  readonly h0: readonly number[];
  readonly c0: readonly number[];
}

/** Flat lists: all states `(time, directions, batch, hidden)`, last states and last cells `(directions, batch, hidden)`. */
export interface Results {
  readonly y: number[];
  readonly yh: number[];
  readonly yc: number[];
}

export const gatesOf = { RNN: 1, GRU: 3, LSTM: 4 } as const;

const logistic = (value: number) => 1 / (1 + Math.exp(-value));

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

function next(
  layer: Layer,
  { x, w, r, b }: Numbers,
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
  const sums = (gate: number, by = state) =>
    state.map((_, unit) =>
      cut(
        product(w, input, gate, unit) +
          product(r, by, gate, unit) +
          bias(0, gate, unit) +
          bias(1, gate, unit),
      ),
    );
  if (operator === 'RNN') {
    return [sums(0).map((value) => (layer.relu ? Math.max(0, value) : Math.tanh(value))), [...cell]];
  }
  if (operator === 'LSTM') {
    const [i, o, f] = [0, 1, 2].map((gate) => sums(gate).map(logistic)) as [number[], number[], number[]];
    const g = sums(3).map(Math.tanh);
    const cells = cell.map((value, k) => (f[k] as number) * value + (i[k] as number) * (g[k] as number));
    return [cells.map((value, k) => (o[k] as number) * Math.tanh(value)), cells];
  }
  const [z, reset] = [0, 1].map((gate) => sums(gate).map(logistic)) as [number[], number[]];
  const chosen = state.map((value, k) => value * (reset[k] as number));
  const candidate = layer.linearBeforeReset
    ? state.map((_, k) =>
        Math.tanh(
          cut(
            product(w, input, 2, k) +
              bias(0, 2, k) +
              (reset[k] as number) * (product(r, state, 2, k) + bias(1, 2, k)),
          ),
        ),
      )
    : sums(2, chosen).map(Math.tanh);
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
