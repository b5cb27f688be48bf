import { describe, expect, it } from 'vitest';
import { augmentations } from '../../../src/learning/augmentations/registry.js';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { type ConfigTree, resolveConfig } from '../../../src/runs/config/load.js';
import { smallObjective } from '../../learning/training/small-objectives.js';

const kindsThat = (fact: 'replacesCrossEntropy' | 'weighsClips' | 'drawsEpochs') =>
  objectives.members.filter((definition) => definition[fact] === true).map(({ name }) => name);

/** What is wrong with a method of these objectives, in some training. */
function problemsOf(list: readonly ConfigTree[], more: ConfigTree = {}): string {
  const methods = ['no-transfer', { id: 'both', objectives: list }];
  const base = {
    data: { corpus: 'fsdd', path: 'recordings' },
    target: 'digit',
    orthogonal: { column: 'speaker' },
    split: { kind: 'stratified' },
  };
  try {
    resolveConfig({ ...base, methods, ...more }, 'my.yaml');
    return '';
  } catch (error) {
    return String(error);
  }
}

it.each(objectives.members)(
  '$name says truly whether it weighs clips or draws epochs',
  ({ name, weighsClips, drawsEpochs }) => {
    const { clipWeights, order } = smallObjective(name);
    expect(clipWeights !== undefined).toBe(weighsClips === true);
    expect(order !== undefined).toBe(drawsEpochs === true);
  },
);

describe.each(kindsThat('replacesCrossEntropy'))('%s', (kind) => {
  const corrects = { kind, shrinkage: true };

  it.each(kindsThat('replacesCrossEntropy'))('is refused beside a second correction, %s', (other) => {
    expect(problemsOf([corrects, { kind: other }])).toContain(
      `methods[1].objectives[1]: "${other}" and "${kind}" both correct the logits; leave one.`,
    );
  });

  it.each(kindsThat('weighsClips'))('is refused beside %s, whose weights it would leave out', (other) => {
    expect(problemsOf([{ kind: other }, corrects])).toContain(
      `methods[1].objectives[0]: "${other}" weighs clips, and "${kind}" corrects the logits of all alike; leave one.`,
    );
  });

  it.each(kindsThat('drawsEpochs'))('with shrinkage is refused beside %s, not without', (other) => {
    expect(problemsOf([{ kind: other }, corrects])).toContain(
      `methods[1].objectives[0]: "${other}" draws some clips again and again, and so "${kind}" could not tell`,
    );
    expect(problemsOf([{ kind: other }, { kind, shrinkage: false }])).toBe('');
  });

  it.each(augmentations.members.filter(({ mixesLabels }) => mixesLabels).map(({ name }) => name))(
    'is refused where %s mixes labels, in the method or in all of training',
    (mixing) => {
      const problem = `methods[1].objectives[0]: "${kind}" corrects the logits of one label, and "${mixing}" mixes two; leave one.`;
      const augmentation = [{ kind: mixing }];
      expect(problemsOf([corrects], { training: { augmentation } })).toContain(problem);
      expect(
        problemsOf([], { methods: ['no-transfer', { id: 'both', objectives: [corrects], augmentation }] }),
      ).toContain(problem);
    },
  );

  it('goes with all others', () => {
    const others = objectives.members.filter(
      ({ replacesCrossEntropy, weighsClips, drawsEpochs }) =>
        !(replacesCrossEntropy || weighsClips || drawsEpochs),
    );
    expect(others.length).toBeGreaterThan(5);
    for (const { name } of others)
      expect(
        problemsOf([corrects, { kind: name, ...(name === 'similarity' && { similarity: 'cka' }) }]),
      ).toBe('');
  });
});
