import { expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import type { Objective } from '../../../src/learning/objectives/objective.js';
import { fit } from '../../../src/learning/training/fit.js';
import { smallNetwork } from './small.js';
import { smallObjective, voicedTraining } from './small-objectives.js';

async function measured(objectives: readonly Objective[]) {
  const { session, epochs } = await fit(voicedTraining(objectives));
  await session.close();
  return epochs.map(({ train }) => train.objectives);
}

/** Weight 0, so that every training takes the same way and only what is fed tells objectives apart. */
const about = (task: string, settings: object = {}) =>
  smallObjective(
    'similarity',
    { similarity: 'cka', clips: 'auxiliary', beta: 0, ...settings },
    { name: task, task: { name: task, classes: 2 }, frozen: smallNetwork(task === 'voice' ? 9 : 10) },
  );

it('two orthogonal tasks have clips of their own in one training, and the first draws as it does alone', async () => {
  const [alone, other] = [await measured([about('voice')]), await measured([about('room')])];
  const both = await measured([about('voice'), about('room')]);
  expect(both.map(({ voice }) => voice)).toEqual(alone.map(({ voice }) => voice));
  for (const [epoch, { room }] of both.entries()) {
    expect(room).toBeGreaterThan(0);
    expect(room).not.toBe(both[epoch]?.voice);
    // Other clips in other batches, of the same kind.
    expect(Math.abs(room! - other[epoch]!.room!)).toBeLessThan(0.5);
  }
});

it('two shuffled controls exchange clips independently', async () => {
  const twins = ['a', 'b'].map((name) =>
    smallObjective('similarity', { shuffled: true, beta: 0 }, { name, frozen: smallNetwork(9) }),
  );
  for (const { a, b } of await measured(twins)) expect(a).not.toBe(b);
});

it('asks for the clips and labels that objectives look at, by name', async () => {
  const refused = async (objectives: readonly Objective[], change: object, message: RegExp) => {
    const training = { ...voicedTraining(objectives), ...change };
    await expect(fit(training)).rejects.toThrow(UserError);
    await expect(fit(training)).rejects.toThrow(message);
  };
  await refused(
    [about('voice')],
    { auxiliary: {} },
    /"voice" looks at clips of the task "voice"; there are none/,
  );
  const { train } = voicedTraining([]);
  const { groups: _, ...unlabelled } = train;
  await refused([smallObjective('coral')], { train: unlabelled }, /looks at the labels of the task "voice"/);
  await refused([about('voice'), about('voice')], {}, /Two objectives are called "voice"/);
  const drawing = ['a', 'b'].map((name) => smallObjective('balanced-sampling', {}, { name }));
  await refused(drawing, {}, /"a" and "b" each say how the training clips are drawn/);
});
