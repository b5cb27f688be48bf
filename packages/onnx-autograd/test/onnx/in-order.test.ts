import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src/onnx/in-order.js';
import { Random } from '../../src/random.js';

interface Written {
  readonly node: { readonly input: string[]; readonly output: string[] };
}
const written = (output: string[], ...input: string[]): Written => ({ node: { input, output } });
const names = (nodes: readonly Written[]) => nodes.map(({ node }) => node.output.join());

/** Nodes in order, each of some before it; now and then with an input that is left out, or two outputs. */
function graphOf(size: number, random: Random): Written[] {
  return Array.from({ length: size }, (_, index) => {
    const inputs = Array.from({ length: 1 + random.integer(0, 2) }, () => {
      const from = random.integer(-2, index - 1);
      return from === -2 ? '' : from === -1 ? 'x' : `v${from}`;
    });
    return written(index % 3 === 0 ? [`v${index}`, `w${index}`] : [`v${index}`], ...inputs);
  });
}

describe('nodes of a file', () => {
  it('stay as they are where each is behind what it needs', () => {
    const nodes = graphOf(200, new Random(1));
    expect(inOrder(nodes)).toEqual(nodes);
  });

  it.each([1, 2, 3, 4, 5])(
    'come behind what they need, all of them and once, however they lie (%d)',
    (seed) => {
      const random = new Random(seed);
      const nodes = graphOf(200, random);
      random.shuffle(nodes);
      const ordered = inOrder(nodes);
      expect(names(ordered).sort()).toEqual(names(nodes).sort());
      const made = new Set(['', 'x']);
      for (const { node } of ordered) {
        for (const input of node.input) expect(made).toContain(input);
        for (const output of node.output) made.add(output);
      }
    },
  );

  it('may be a long chain that is written from behind', () => {
    const chain = Array.from({ length: 100_000 }, (_, index) => written([`v${index + 1}`], `v${index}`));
    expect(inOrder(chain.toReversed())).toEqual(chain);
  });

  it('that go in a circle are all there still', () => {
    const circle = [written(['a'], 'b'), written(['b'], 'c'), written(['c'], 'a'), written(['d'], 'a')];
    expect(names(inOrder(circle)).sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});
