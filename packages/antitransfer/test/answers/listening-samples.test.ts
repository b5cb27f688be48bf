import { expect, it } from 'vitest';
import { chooseClips } from '../../src/answers/listening-samples.js';
import type { Clip } from '../../src/data/clip.js';

const clips: Clip[] = ['a', 'a', 'b', 'b', 'c', 'c'].map((digit, index) => ({
  id: `clip ${index}`,
  path: `${index}.wav`,
  labels: { digit },
}));

function chosen(errors: readonly number[], count: number): string[] {
  return chooseClips(clips, ({ id }) => errors[Number(id.slice(5))] ?? 0, ['digit'], count).map(
    ({ clip, row }) => `${clip.id} in row ${row}`,
  );
}

it('chooses the clips that are taken for something else most often', () => {
  expect(chosen([0, 0, 0, 1, 0.6, 0], 2)).toEqual(['clip 3 in row 3', 'clip 4 in row 4']);
  // A second clip of one label where it is clearly more often wrong than others.
  expect(chosen([0, 0, 0.9, 1, 0.1, 0], 2)).toEqual(['clip 3 in row 3', 'clip 2 in row 2']);
});

it('prefers other labels where errors are about as frequent', () => {
  expect(chosen([0.95, 0.95, 1, 1, 0.95, 0], 3).toSorted()).toEqual([
    'clip 0 in row 0',
    'clip 2 in row 2',
    'clip 4 in row 4',
  ]);
});

it('shows clips of different labels where nothing is wrong, and no more than there are', () => {
  expect(chosen([], 3)).toEqual(['clip 0 in row 0', 'clip 2 in row 2', 'clip 4 in row 4']);
  expect(chosen([], 9)).toHaveLength(6);
});
