import { expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { drawFrom } from '../../../src/runs/data/draw-splits.js';
import type { LoadedCorpus } from '../../../src/runs/data/load-corpora.js';
import { digitClips } from '../../data/splits/clips.js';
import { tinyConfig, tinyTree } from '../tiny.js';

function corpusOf(clips: readonly Clip[]): LoadedCorpus {
  const count = clips.length;
  const account = { corpus: 'manifest', unit: 'files', found: count, used: count } as const;
  return {
    clips,
    account: { ...account, leftOut: [], renamed: [], warnings: [] },
    group: 'speaker',
    noises: [],
  };
}

it('labels that are kept together are counted in the corpus that is split, not in those of tasks', () => {
  const target = digitClips(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], 6, 3);
  const others = digitClips(['k', 'l', 'm', 'n'], 6, 3).map((clip) => ({
    ...clip,
    path: `/other${clip.path}`,
  }));
  const orthogonal = { column: 'speaker', data: tinyTree('elsewhere').data ?? {} };
  const { experiment } = tinyConfig('corpus', { orthogonal, split: { kind: 'random' } });
  const corpora = { target: corpusOf(target), tasks: [corpusOf(others)] };
  expect(drawFrom(experiment, corpora).grouped.groups).toEqual({ column: 'speaker', count: 10 });
});

it('seeds that share splits learn from the same clips, and others from others', () => {
  const clips = digitClips(['a', 'b', 'c', 'd', 'e', 'f'], 6, 3);
  const { experiment } = tinyConfig('corpus', { split: { kind: 'random' }, seeds: 5, splits: 2 });
  const { repetitions } = drawFrom(experiment, { target: corpusOf(clips), tasks: [undefined] });
  const alone = drawFrom(
    { ...experiment, splits: undefined },
    { target: corpusOf(clips), tasks: [undefined] },
  );
  const idsOf = (index: number, drawn = repetitions) => {
    const { split, tasks } = drawn[index] ?? expect.fail('no such seed');
    const sides = [split.train, split.validation, split.test, ...tasks.map(({ train }) => train)];
    return sides.map((side) => side.map(({ id }) => id));
  };
  expect(repetitions.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5]);
  expect(idsOf(2)).toEqual(idsOf(0));
  expect(idsOf(4)).toEqual(idsOf(0));
  expect(idsOf(3)).toEqual(idsOf(1));
  expect(idsOf(1)).not.toEqual(idsOf(0));
  // The first of them are those that each seed draws for itself.
  expect([idsOf(0), idsOf(1)]).toEqual([idsOf(0, alone.repetitions), idsOf(1, alone.repetitions)]);
});
