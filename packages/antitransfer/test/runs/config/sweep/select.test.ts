import { describe, expect, it } from 'vitest';
import { selectCells } from '../../../../src/runs/config/sweep/select.js';

const cells = ['conv3_1', 'conv3_2', 'conv4_1', 'conv4_2'].flatMap((tap) =>
  [0.25, 0.5, 1].map((width) => ({ name: `tap-${tap}--width-${width}` })),
);
const namesOf = (choice: Parameters<typeof selectCells>[1], of = cells) =>
  selectCells(of, choice).map(({ name }) => name);

describe('parts of a sweep', () => {
  it.each([1, 2, 3, 5, 12])(
    'of %i are disjoint, together all, as large as each other, in the order of cells',
    (of) => {
      const parts = Array.from({ length: of }, (_, i) => namesOf({ shard: { number: i + 1, of } }));
      expect(parts.flat().sort()).toEqual(cells.map(({ name }) => name).sort());
      const sizes = parts.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      for (const part of parts)
        expect(cells.map(({ name }) => name).filter((name) => part.includes(name))).toEqual(part);
    },
  );

  it('are the same in whatever order the file lists the cells', () => {
    const shard = { number: 2, of: 3 };
    expect(namesOf({ shard }, cells.toReversed()).sort()).toEqual(namesOf({ shard }).sort());
  });

  it('are refused where one would be empty', () => {
    expect(() => namesOf({ shard: { number: 13, of: 13 } })).toThrow(
      '--shard 13/13: there are only 12 cells',
    );
  });
});

describe('cells by pattern', () => {
  it('are those whose whole name fits', () => {
    expect(namesOf({ only: ['*conv3_2--*', 'tap-conv4_1--width-1'] })).toEqual([
      'tap-conv3_2--width-0.25',
      'tap-conv3_2--width-0.5',
      'tap-conv3_2--width-1',
      'tap-conv4_1--width-1',
    ]);
  });

  it('are refused where there is none, with the nearest name', () => {
    expect(() => namesOf({ only: ['tap-conv3_1--width-2'] })).toThrow(
      /none of the 12 cells is called so.*Did you mean tap-conv3_1--width-/,
    );
  });
});

describe('cells that compete', () => {
  const halving = { by: 'repetitions', start: 1, factor: 3, keep: 1, method: null } as const;
  const contested = ['words', 'emotions', 'genders'].flatMap((among) =>
    [1, 2].map((beta) => ({ name: `${among}--beta-${beta}`, competition: { among, halving } })),
  );
  const one = { name: 'alone' };
  const of = (choice: Parameters<typeof selectCells>[1]) =>
    selectCells([...contested, one], choice).map(({ name }) => name);

  it('are in one part together, and all parts are all cells', () => {
    const parts = [1, 2].map((number) => of({ shard: { number, of: 2 } }));
    expect(parts.flat().sort()).toEqual([...contested, one].map(({ name }) => name).sort());
    for (const among of ['words', 'emotions', 'genders']) {
      const sizes = parts.map((part) => part.filter((name) => name.startsWith(among)).length);
      expect(sizes.sort()).toEqual([0, 2]);
    }
  });

  it('are taken by pattern all or none', () => {
    expect(of({ only: ['words*', 'alone'] })).toEqual(['words--beta-1', 'words--beta-2', 'alone']);
    expect(() => of({ only: ['words--beta-1'] })).toThrow(
      /words--beta-1 competes with words--beta-2 \(halving\)/,
    );
  });
});
