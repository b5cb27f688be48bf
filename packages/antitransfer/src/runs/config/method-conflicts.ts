import { describeObjective } from '../../learning/objectives/registry.js';
import { resolveMethod } from './presets/registry.js';
import type { Experiment } from './schema.js';

/** Objectives of a method that exclude each other: only one may say how the clips of an epoch are drawn. */
export function methodConflicts({ methods }: Pick<Experiment, 'methods'>): string[] {
  return methods.flatMap((entry, index) => {
    const { id, objectives } = resolveMethod(entry);
    const drawing = objectives.flatMap((settings, i) => {
      const { drawsEpochs, kind } = describeObjective(settings);
      return drawsEpochs ? [{ i, kind }] : [];
    });
    const [first, ...others] = drawing;
    return others.map(
      ({ i, kind }) =>
        `methods[${index}].objectives[${i}]: "${kind}" says how the clips of an epoch are drawn, and so does ` +
        `"${first?.kind}", objectives[${first?.i}] of the method "${id}"; leave one.`,
    );
  });
}
