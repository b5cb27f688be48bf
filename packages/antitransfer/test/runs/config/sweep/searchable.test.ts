import { describe, expect, it } from 'vitest';
import { augmentations } from '../../../../src/learning/augmentations/registry.js';
import { corrections } from '../../../../src/learning/corrections/registry.js';
import { objectives } from '../../../../src/learning/objectives/registry.js';
import { methodPresets } from '../../../../src/runs/config/presets/registry.js';
import { expandSweep, resolveCells } from '../../../../src/runs/config/sweep/cells.js';

/** Of keys that are left out by default. */
const given: Readonly<Record<string, unknown>> = { schedule: 'linear', warmUp: 0.2 };

/** What a method is made of: where it is in the configuration, its values, and all keys that there are. */
function partsOf(name: string) {
  const { objectives: own, augmentation = [], correction } = methodPresets.find(name).create(null);
  return [
    ...own.map((part, i) => ({
      path: `objectives.${i}`,
      part,
      ...objectives.find(part.kind ?? 'similarity'),
    })),
    ...augmentation.map((part, i) => ({ path: `augmentation.${i}`, part, ...augmentations.find(part.kind) })),
    ...(correction === null
      ? []
      : [{ path: 'correction', part: correction, ...corrections.find(correction.kind) }]),
  ];
}

describe.each(methodPresets.names.filter((name) => partsOf(name).length > 0))('the method %s', (name) => {
  it('is searched by a sweep: each setting of each of its parts', () => {
    const source = { name: 'search.yaml' };
    const keys = partsOf(name).flatMap(({ path, part, settings }) =>
      Object.keys(settings.shape)
        .filter((key) => key !== 'kind')
        .map((key) => ({
          key: `methods.${name}.${path}.${key}`,
          value: Reflect.get(part, key) ?? given[key],
        })),
    );
    expect(keys.length).toBeGreaterThan(0);
    for (const { key, value = null } of keys) {
      const tree = {
        ...{ target: 'digit', orthogonal: { column: 'speaker' }, split: { kind: 'confounded' } },
        methods: ['no-transfer', name],
        sweep: { values: { [key]: [value] } },
      };
      expect(resolveCells(expandSweep(tree, source), source), key).toHaveLength(1);
    }
  });
});
