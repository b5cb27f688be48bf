import type { ConfigTree } from '../../../../src/runs/config/load.js';
import { expandSweep, resolveCells } from '../../../../src/runs/config/sweep/cells.js';

export const base: ConfigTree = {
  name: 'taps',
  data: { corpus: 'fsdd', path: '/recordings' },
  target: 'digit',
  orthogonal: { column: 'speaker' },
  split: { kind: 'stratified' },
  methods: ['no-transfer', 'cka', { id: 'mine', objectives: [{ similarity: 'cka', beta: 3 }] }],
};

export const cellsOf = (sweep: unknown, change: ConfigTree = {}) => {
  const source = { name: 'my.yaml' };
  return resolveCells(expandSweep({ ...base, ...change, sweep }, source), source);
};
export const namesOf = (sweep: unknown) => cellsOf(sweep).map(({ name }) => name);
export const experimentsOf = (sweep: unknown) => cellsOf(sweep).map(({ config }) => config.experiment);
