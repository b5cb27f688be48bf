import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { principalComponents } from '../../src/analysis/principal-components.js';

/** By numpy 2.4.6: `u, s, vt = numpy.linalg.svd(x - x.mean(0))`, each row of vt with its largest part positive, `u * s`. */
const known = [
  {
    name: 'more vectors than features',
    vectors: [
      [0.0, 0.3, -0.14, -1.78],
      [-1.36, -0.99, 0.03, 2.68],
      [-1.48, -0.62, 0.24, 0.71],
      [0.32, -0.93, -0.01, 1.39],
      [-4.03, -0.46, -0.95, -2.58],
      [-5.53, -0.24, -0.63, 0.54],
    ],
    coordinates: [
      [0.7586990016, -2.7735078873],
      [1.8489851984, 1.9163506326],
      [0.8105133168, 0.2413264102],
      [2.6663524159, -0.0274950884],
      [-3.159271045, -1.3700237232],
      [-2.9252788877, 2.0133496562],
    ],
    explained: [0.6260785425241201, 0.35859757861820735],
  },
  {
    name: 'more features than vectors',
    vectors: [
      [0.16, -0.19, -2.52, -0.54, -0.05, 0.11, -1.53],
      [-0.48, -0.98, -0.81, 1.06, -0.81, -0.03, 0.88],
      [-0.58, -0.11, 0.11, 0.06, -1.23, 0.08, 1.36],
    ],
    coordinates: [
      [-2.5335589199, -0.1476906659],
      [0.9142671192, 0.8699515128],
      [1.6192918006, -0.722260847],
    ],
    explained: [0.8836659540412565, 0.11633404595874348],
  },
];

describe('principal components', () => {
  it.each(known)('are numpy’s: $name', ({ vectors, coordinates, explained }) => {
    const found = principalComponents(vectors, 2);
    for (const [row, at] of coordinates.entries())
      for (const [axis, value] of at.entries()) expect(found.coordinates[row]?.[axis]).toBeCloseTo(value, 9);
    for (const [axis, part] of explained.entries()) expect(found.explained[axis]).toBeCloseTo(part, 12);
  });

  it('keep distances where all are asked for, and do not depend on where the origin is', () => {
    const random = new Random(3);
    const vectors = Array.from({ length: 20 }, () => Array.from({ length: 5 }, () => random.normal()));
    const { coordinates, explained } = principalComponents(vectors, 5);
    const distance = (one: ArrayLike<number>, other: ArrayLike<number>) =>
      Math.hypot(...Array.from(one, (value, i) => value - (other[i] ?? Number.NaN)));
    for (let i = 1; i < 20; i++) {
      expect(distance(coordinates[i] ?? [], coordinates[0] ?? [])).toBeCloseTo(
        distance(vectors[i] ?? [], vectors[0] ?? []),
        10,
      );
    }
    expect(explained.reduce((total, part) => total + part, 0)).toBeCloseTo(1, 12);
    expect(explained).toEqual(explained.toSorted((a, b) => b - a));
    const moved = principalComponents(
      vectors.map((vector) => vector.map((value, i) => value + 10 * i)),
      5,
    );
    for (const [i, at] of moved.coordinates.entries())
      for (const [axis, value] of at.entries()) expect(value).toBeCloseTo(coordinates[i]?.[axis] ?? 0, 9);
  });

  it('are 0 along directions in which nothing varies', () => {
    const line = principalComponents(
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
      2,
    );
    expect(line.explained).toEqual([1, 0]);
    expect(line.coordinates.map(([, y]) => y)).toEqual([0, 0, 0]);
    expect(line.coordinates[2]?.[0]).toBeCloseTo(Math.sqrt(5), 12);
    const same = {
      coordinates: [
        [0, 0],
        [0, 0],
      ].map((at) => Float64Array.from(at)),
      explained: [0, 0],
    };
    expect(
      principalComponents(
        [
          [1, 2, 3],
          [1, 2, 3],
        ],
        2,
      ),
    ).toEqual(same);
    expect(principalComponents([[7]], 2)).toEqual({ coordinates: [new Float64Array(2)], explained: [0, 0] });
  });

  it('are of numbers only', () => {
    expect(() => principalComponents([], 2)).toThrow('no vectors');
    expect(() => principalComponents([[1], [Number.NaN]], 2)).toThrow('needs finite numbers');
    expect(() => principalComponents([[1], [1, 2]], 2)).toThrow('has 2 features');
  });
});
