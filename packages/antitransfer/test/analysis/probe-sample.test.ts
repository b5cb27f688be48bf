import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { probe, probeUntilStopped } from '../../src/analysis/probe.js';
import { probeSample, probeWork } from '../../src/analysis/probe-sample.js';

/** So many vectors of each label, in groups of three. */
function itemsOf(labels: number, each: number) {
  return Array.from({ length: labels * each }, (_, index) => {
    const label = `speaker ${index % labels}`;
    return { label, group: `${label} ${Math.floor(index / labels / 3)}` };
  });
}

describe('the sample of a probe', () => {
  it('is all vectors, in their order, where the work allows it', () => {
    const items = itemsOf(10, 50);
    expect(probeSample(items, 256, new Random(1))).toEqual([...items.keys()]);
  });

  it.each([
    [250, 4],
    [250, 40],
    [50, 100],
    [2, 30_000],
  ])('of %i labels with %i vectors each keeps within the work, labels evenly', (labels, each) => {
    const items = itemsOf(labels, each);
    const sample = probeSample(items, 256, new Random(1));
    const chosen = sample.map((index) => items[index]!);
    const counts = new Map<string, number>();
    for (const { label } of chosen) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect(sample.length * counts.size * 256).toBeLessThanOrEqual(probeWork);
    expect(sample.length * counts.size * 256).toBeGreaterThan(0.8 * probeWork);
    // Groups are whole, so that it is even but for one of them.
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThan(3);
    expect(sample).toEqual(sample.toSorted((a, b) => a - b));
  });

  it('has groups whole, at least two of a label, and is another for another seed only', () => {
    const items = itemsOf(100, 90);
    const sample = (seed: number) => probeSample(items, 512, new Random(seed));
    const groups = new Map<string, number>();
    for (const index of sample(1))
      groups.set(items[index]!.group, (groups.get(items[index]!.group) ?? 0) + 1);
    expect(new Set(groups.values())).toEqual(new Set([3]));
    expect(sample(1)).toEqual(sample(1));
    expect(sample(1)).not.toEqual(sample(2));
    const two = probeSample(
      Array.from({ length: 200 }, (_, index) => ({ label: `${index % 20}`, group: `${index % 40}` })),
      256,
      new Random(1),
      60_000,
    );
    expect(new Set(two.map((index) => index % 40)).size).toBe(
      2 * new Set(two.map((index) => index % 20)).size,
    );
  });
});

describe('a probe of very many labels', () => {
  const random = new Random(3);
  const labels = Array.from({ length: 1000 }, (_, index) => `speaker ${index % 250}`);
  const vectors = labels.map((label) =>
    Float32Array.from(
      { length: 64 },
      (_, i) => 0.05 * random.normal() + (Number(label.slice(8)) % 64 === i ? 1 : 0),
    ),
  );

  it('reads a sample, and says so', () => {
    const result = probe(vectors, labels, { random: new Random(1), folds: 2 });
    expect(result.sample!.labels).toBeLessThan(250);
    expect(result.sample!.vectors * result.sample!.labels * 64).toBeLessThanOrEqual(probeWork);
    expect(result.sample!.of).toEqual({ labels: 250, vectors: 1000 });
    expect(result.chance).toBeCloseTo(1 / result.sample!.labels, 5);
    expect(result.accuracy).toBeGreaterThan(20 * result.chance);
  });

  it('says how far it is, comes to the same, and stops when it is told', async () => {
    const some = {
      vectors: vectors.slice(0, 120),
      labels: labels.slice(0, 120).map((_, index) => `s${index % 3}`),
    };
    const told: number[] = [];
    const result = await probeUntilStopped(some.vectors, some.labels, {
      random: new Random(1),
      onProgress: ({ done, total }) => told.push(done / total),
    });
    expect(result).toEqual(probe(some.vectors, some.labels, { random: new Random(1) }));
    expect(result.sample).toBeUndefined();
    expect(told).toHaveLength(30);
    expect(told.at(-1)).toBe(1);
    const stop = new AbortController();
    let fits = 0;
    const stopped = probeUntilStopped(some.vectors, some.labels, {
      random: new Random(1),
      signal: stop.signal,
      onProgress: () => {
        if (++fits === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(fits).toBe(2);
  });
});
