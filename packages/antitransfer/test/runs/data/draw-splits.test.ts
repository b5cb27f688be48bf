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
