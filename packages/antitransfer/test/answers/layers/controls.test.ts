import { describe, expect, it } from 'vitest';
import { alikeSentence, layerRows, meanControls, shownTasks } from '../../../src/answers/layers/controls.js';
import { layerMeasures } from '../../../src/answers/layers/measures.js';
import type { LayerResults } from '../../../src/answers/layers/results.js';
import { controlledLayers } from './controlled-layers.js';

const layers = controlledLayers();
const measureOf = (id: string) => layerMeasures.find((one) => one.id === id) ?? expect.fail();
const cka = measureOf('cka');

describe('tasks that control each other', () => {
  it('are shown once where they have label and clips in common, with the networks of others beside', () => {
    const names = shownTasks(layers).map(({ name, alike, beside }) => ({
      name,
      alike: alike.map((one) => one.name),
      beside: beside.map((one) => one.name),
    }));
    expect(names).toEqual([
      { name: 'speaker', alike: ['another-seed'], beside: ['another-seed', 'room'] },
      { name: 'room', alike: [], beside: ['speaker'] },
    ]);
    expect(shownTasks(layers).map(alikeSentence)).toEqual([
      '“another-seed” has the label and the clips of the speaker: probes read the same, and the likeness to its network stands below that to the speaker network.',
      undefined,
    ]);
  });

  it('are shown each where their probes read other clips, as those of another corpus', () => {
    const results = layers.results.map((one) =>
      one.task === 'another-seed' && one.linear ? { ...one, linear: { ...one.linear, clips: 7 } } : one,
    );
    const shown = shownTasks({ ...layers, results });
    expect(shown.map(({ name }) => name)).toEqual(['speaker', 'room', 'another-seed']);
    expect(shown[0]?.beside.map(({ name }) => name)).toEqual(['another-seed', 'room']);
  });

  it('are each of its own label in what earlier versions left', () => {
    const { columns: _, ...earlier } = layers;
    expect(shownTasks(earlier satisfies LayerResults).map(({ name }) => name)).toEqual(layers.tasks);
  });
});

describe('the rows of a measure', () => {
  const [speaker] = shownTasks(layers);
  if (speaker === undefined) expect.fail();
  const told = (rows: ReturnType<typeof layerRows>) =>
    rows.map(({ label, control, value }) => [label, control, value('conv1'), value('conv2')]);

  it('of a likeness have each network’s controls below it, those that were measured', () => {
    expect(told(layerRows(layers, speaker, cka)).slice(0, 10)).toEqual([
      ['before training', undefined, 0.1, 0.1],
      ['· shuffled clips', 'chance', 0.01, 0.01],
      ['· untrained network', 'chance', 0.3, 0.3],
      ['· “another-seed” network', 'network', 0.12, 0.12],
      ['· room network', 'network', 0.11, 0.11],
      ['no transfer', undefined, 0.8, 0.8],
      ['· shuffled clips', 'chance', 0.02, 0.02],
      ['· untrained network', 'chance', 0.4, 0.4],
      ['· “another-seed” network', 'network', 0.82, 0.82],
      ['· room network', 'network', 0.81, 0.81],
    ]);
    const given = layers.results.map((one) => ({ ...one, cka: one.cka && { ...one.cka, untrained: null } }));
    const rows = layerRows({ ...layers, results: given }, speaker, cka);
    expect(rows.filter(({ label }) => label.includes('untrained'))).toEqual([]);
    expect(rows[1]?.name).toBe('before training, shuffled clips');
  });

  it('of a probe are the networks', () => {
    const labels = layerRows(layers, speaker, measureOf('linear')).map(({ label }) => label);
    expect(labels).toEqual(['before training', 'no transfer', 'CKA']);
  });

  it('have controls as means over the trained networks', () => {
    const [shuffled, untrained] = meanControls(layers, speaker, cka);
    expect(shuffled?.value('conv1')).toBeCloseTo((0.02 + 0.04) / 2, 12);
    expect(untrained?.value('conv2')).toBeCloseTo((0.4 + 0.6) / 2, 12);
  });
});
