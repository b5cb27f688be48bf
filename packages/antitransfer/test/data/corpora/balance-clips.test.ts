import { describe, expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { balanceClips } from '../../../src/data/corpora/balance-clips.js';

const clipsOf = (counts: Readonly<Record<string, number>>): Clip[] =>
  Object.entries(counts).flatMap(([word, count]) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${word}/${index}.wav`,
      path: `/${word}/${index}.wav`,
      labels: { word },
    })),
  );
const idsOf = (clips: readonly Clip[], word: string) =>
  clips.flatMap(({ id, labels }) => (labels.word === word ? [id] : []));

describe('balanceClips', () => {
  it('keeps as many of each label as the rarest has, or as many as are asked for', () => {
    const clips = clipsOf({ one: 30, two: 10, three: 20 });
    const rarest = balanceClips(clips, 'word', 'rarest');
    expect(['one', 'two', 'three'].map((word) => idsOf(rarest.clips, word).length)).toEqual([10, 10, 10]);
    expect(rarest.leftOut).toHaveLength(30);
    expect(rarest.short).toEqual([]);
    const fifteen = balanceClips(clips, 'word', 15);
    expect(['one', 'two', 'three'].map((word) => idsOf(fifteen.clips, word).length)).toEqual([15, 10, 15]);
    expect(fifteen.short).toEqual([{ label: 'two', clips: 10 }]);
  });

  it('draws from everywhere, in the order given, always the same, whatever else there is', () => {
    const clips = clipsOf({ one: 100, two: 10 });
    const drawn = idsOf(balanceClips(clips, 'word', 10).clips, 'one');
    expect(drawn).not.toEqual(idsOf(clips, 'one').slice(0, 10));
    expect(drawn).toEqual(idsOf(clips, 'one').filter((id) => drawn.includes(id)));
    expect(idsOf(balanceClips(clips.toReversed(), 'word', 10).clips, 'one').toSorted()).toEqual(
      drawn.toSorted(),
    );
    expect(idsOf(balanceClips(clipsOf({ one: 100 }), 'word', 10).clips, 'one')).toEqual(drawn);
  });

  it('leaves clips without a label as they are', () => {
    const bare: Clip = { id: 'x.wav', path: '/x.wav', labels: {} };
    expect(balanceClips([bare, ...clipsOf({ one: 3, two: 1 })], 'word', 'rarest').clips).toContain(bare);
  });
});
