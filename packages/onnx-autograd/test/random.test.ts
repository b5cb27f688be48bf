import { describe, expect, it } from 'vitest';
import { Random } from '../src/random.js';

const draw = (random: Random, count = 20) => Array.from({ length: count }, () => random.uniform());

describe('Random', () => {
  it('gives the same numbers for the same seed, others for another', () => {
    expect(draw(new Random(7))).toEqual(draw(new Random(7)));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
    expect(draw(new Random(0))).not.toEqual(draw(new Random(-1)));
  });

  it('keeps its numbers from release to release', () => {
    const random = new Random(1);
    expect([random.integer(0, 999), random.integer(0, 999), random.integer(0, 999)]).toMatchInlineSnapshot(`
      [
        203,
        285,
        966,
      ]
    `);
  });

  it('refuses a seed that is not whole', () => {
    expect(() => new Random(0.5)).toThrow('0.5');
    expect(() => new Random(Number.NaN)).toThrow(RangeError);
  });

  it('forks streams that depend on seed and name, and on nothing drawn before', () => {
    const random = new Random(3);
    const before = draw(random.fork('dropout'));
    const own = draw(random);
    expect(draw(random.fork('dropout'))).toEqual(before);
    expect(draw(new Random(3))).toEqual(own); // forking did not advance it
    expect(draw(random.fork('noise'))).not.toEqual(before);
    expect(draw(new Random(4).fork('dropout'))).not.toEqual(before);
    expect(own).not.toEqual(before);
  });

  it('forks streams that do not go together', () => {
    const random = new Random(5);
    const [a, b] = [draw(random.fork('a'), 4000), draw(random.fork('b'), 4000)];
    const centred = a.map((value, i) => (value - 0.5) * ((b[i] as number) - 0.5));
    const correlation = (12 * centred.reduce((x, y) => x + y, 0)) / centred.length;
    expect(Math.abs(correlation)).toBeLessThan(0.06); // four standard errors
  });

  it('goes on from a stored state', () => {
    const random = new Random(9);
    draw(random);
    const state = JSON.parse(JSON.stringify(random.state())) as number[];
    const next = draw(random);
    expect(draw(random)).not.toEqual(next);
    random.restore(state);
    expect(draw(random)).toEqual(next);
    const other = new Random(0);
    other.restore(state);
    expect(draw(other)).toEqual(next);
  });

  it('does not change a state that it gave away', () => {
    const random = new Random(2);
    const state = random.state();
    const copy = [...state];
    draw(random);
    expect(state).toEqual(copy);
  });

  it('shuffles a copy: every item once, the order another', () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    const shuffled = new Random(1).shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    expect(items[0]).toBe(0);
    expect(new Random(1).shuffle(items)).toEqual(shuffled);
    expect(new Random(1).shuffle([])).toEqual([]);
  });

  it('puts every item in every place alike often', () => {
    const random = new Random(11);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[random.shuffle(['x', 'a', 'b', 'c']).indexOf('x')]! += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('draws within its bounds', () => {
    const random = new Random(4);
    const uniform = draw(random, 5000);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const whole = new Set(Array.from({ length: 200 }, () => random.integer(-1, 2)));
    expect([...whole].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
    expect(['a', 'b']).toContain(random.pick(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });

  it('draws from the normal distribution', () => {
    const random = new Random(6);
    const values = Array.from({ length: 20000 }, () => random.normal());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    const fourth = values.reduce((a, b) => a + (b - mean) ** 4, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.3);
  });
});
