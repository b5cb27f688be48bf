import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { Recordings } from '../../../src/data/splits/recordings.js';
import type { Split } from '../../../src/data/splits/split.js';
import { UserError } from '../../../src/errors.js';
import { orthogonalSettings } from '../../../src/runs/config/schema.js';
import { taskSides } from '../../../src/runs/data/task-sides.js';

/** So many recordings of each speaker. */
function clipsOf(recordings: Readonly<Record<string, number>>): Clip[] {
  return Object.entries(recordings).flatMap(([speaker, count]) =>
    Array.from({ length: count }, (_, take): Clip => {
      const id = `${speaker}_${take}.wav`;
      return { id, path: `/${id}`, labels: { speaker, word: String(take % 2) } };
    }),
  );
}

function sidesOf(clips: readonly Clip[], rare: 'train' | 'leave-out' = 'train', penalty?: Split['penalty']) {
  const split: Split = {
    train: clips,
    validation: [],
    test: [],
    description: '',
    ...(penalty && { penalty }),
  };
  const settings = { ...orthogonalSettings.parse({ column: 'speaker', rare }), name: 'voice' };
  return taskSides(settings, split, undefined, new Recordings(clips), new Random(1));
}
const speakers = (clips: readonly Clip[]) => [...new Set(clips.map(({ labels }) => labels.speaker))].sort();

describe('the clips of an orthogonal network', () => {
  it('train and validate every label, four to one', () => {
    const { train, validation, rare } = sidesOf(clipsOf({ ann: 20, bob: 20 }));
    expect([train.length, validation.length, rare]).toEqual([32, 8, []]);
    expect(speakers(validation)).toEqual(['ann', 'bob']);
  });

  it('of a label with one recording train only, and are counted', () => {
    const clips = clipsOf({ ann: 20, bob: 20, cy: 1, dee: 2 });
    const { train, validation, rare } = sidesOf(clips);
    expect(rare).toEqual([{ label: 'cy', clips: 1 }]);
    expect(train.length + validation.length).toBe(43);
    expect(speakers(train)).toEqual(['ann', 'bob', 'cy', 'dee']);
    expect(speakers(validation)).toEqual(['ann', 'bob', 'dee']);
    expect(validation.length / 42).toBeCloseTo(0.2, 1);
  });

  it('of a label with one recording are left out where that is asked', () => {
    const { train, validation, rare } = sidesOf(clipsOf({ ann: 20, bob: 20, cy: 1 }), 'leave-out');
    expect(rare).toEqual([{ label: 'cy', clips: 1 }]);
    expect(speakers([...train, ...validation])).toEqual(['ann', 'bob']);
  });

  it('are told by recordings, not by clips: windows of one file are one', () => {
    const windows = Array.from({ length: 9 }, (_, start): Clip => {
      return { id: `cy#${start}`, path: '/cy.wav', start, duration: 2, labels: { speaker: 'cy', word: '0' } };
    });
    const { train, validation, rare } = sidesOf([...clipsOf({ ann: 20, bob: 20 }), ...windows]);
    expect(rare).toEqual([{ label: 'cy', clips: 9 }]);
    expect(train.filter(({ labels }) => labels.speaker === 'cy')).toHaveLength(9);
    expect(speakers(validation)).toEqual(['ann', 'bob']);
  });

  it('are those that a split sets aside; divided anew where the split keeps the labels of the task apart', () => {
    const [some, others] = [clipsOf({ ann: 10, bob: 10 }), clipsOf({ cy: 5 })];
    const aside = { train: some, validation: clipsOf({ ann: 2 }) };
    expect(sidesOf(others, 'train', aside)).toEqual({ ...aside, rare: [] });
    const { train, validation } = sidesOf([...some, ...others], 'train', { train: some, validation: others });
    expect([train.length, validation.length]).toEqual([16, 4]);
    expect([speakers(train), speakers(validation)]).toEqual([
      ['ann', 'bob'],
      ['ann', 'bob'],
    ]);
  });

  it('are refused in the words of the task where nothing can validate', () => {
    const rare = () => sidesOf(clipsOf({ ann: 1, bob: 1, cy: 1 }));
    expect(rare).toThrow(UserError);
    expect(rare).toThrow(
      'The orthogonal task "voice" cannot be learned and validated: among the 3 training clips of this split, 3 of 3 labels of speaker have one recording only',
    );
    expect(() => sidesOf(clipsOf({ ann: 5 }))).toThrow('The orthogonal task "voice": all training clips');
  });
});
