import { leastHop } from '../../data/segments/windows.js';
import { correctionConflicts } from './correction-conflicts.js';
import { methodConflicts } from './method-conflicts.js';
import { orthogonalId } from './names.js';
import { resolveMethod } from './presets/registry.js';
import type { Experiment } from './schema.js';
import { unreadSettings } from './unread-settings.js';

/**
 * Values that are fine by themselves and do not go together: a line for each, with its path and a way out.
 *
 * @param flags paths of keys that were given as flags: of two that do not go together, it is the flag that is told of
 */
export function conflictsOf(experiment: Experiment, flags: readonly string[] = []): string[] {
  return [
    ...sameNames(experiment),
    ...forgetsTheTarget(experiment, flags),
    ...keepsTheTargetApart(experiment, flags),
    ...noiseNobodyHears(experiment, flags),
    ...impossibleWindows(experiment, flags),
    ...tooLittlePatience(experiment),
    ...groupsOfTasks(experiment),
    ...methodConflicts(experiment),
    ...correctionConflicts(experiment),
    ...unreadSettings(experiment),
  ];
}

/** Two tasks of one name, or a task and a method, would share a folder. */
function sameNames({ orthogonal, methods }: Experiment): string[] {
  const names = orthogonal.map(({ name }) => name);
  const ids = methods.map((entry) => resolveMethod(entry).id);
  return names.flatMap((name, task) => {
    const path = `orthogonal[${task}].name`;
    const first = names.indexOf(name);
    if (first < task)
      return [`${path}: "${name}" is the name of orthogonal[${first}] too; give one another name.`];
    const method = ids.indexOf(orthogonalId(name));
    if (method < 0) return [];
    return [
      `${path}: networks of "${name}" are kept as "${ids[method]}", the id of methods[${method}]; rename one.`,
    ];
  });
}

/** A network of an orthogonal task has no groups: what is orthogonal to it is the target. */
function groupsOfTasks({ orthogonal }: Experiment): string[] {
  return orthogonal.flatMap(({ training }, task) =>
    training.choose === 'validation-worst-group-accuracy'
      ? [
          `orthogonal[${task}].training.choose: there are no groups in an orthogonal task; choose by validation-balanced-accuracy.`,
        ]
      : [],
  );
}

/** What is to be said of a key, behind its path. */
interface Side {
  readonly path: string;
  readonly problem: string;
}

/** A line about the key that a flag gave, else about the first. */
function lineOf(flags: readonly string[], first: Side, ...others: readonly Side[]): string {
  const { path, problem } = others.find((side) => flags.includes(side.path)) ?? first;
  return `${path}: ${problem}`;
}

/** What is learned cannot be forgotten on the same clips. */
function forgetsTheTarget({ target, orthogonal }: Experiment, flags: readonly string[]): string[] {
  return orthogonal.flatMap(({ column, data }, task) => {
    if (column !== target || data) return [];
    const path = `orthogonal[${task}].column`;
    return lineOf(
      flags,
      { path, problem: `"${column}" is the target, too; name the label that is to be forgotten.` },
      {
        path: 'target',
        problem: `"${target}" is to be forgotten (${path}); learn another label, or forget another.`,
      },
    );
  });
}

/** A label that is kept on one side cannot be learned on another. */
function keepsTheTargetApart({ target, split }: Experiment, flags: readonly string[]): string[] {
  if ((split.kind !== 'group' && split.kind !== 'k-fold') || split.column !== target) return [];
  const apart = 'each of its labels would be on one side only';
  return [
    lineOf(
      flags,
      { path: 'split.column', problem: `"${target}" is the target: ${apart}. Name another column.` },
      {
        path: 'target',
        problem: `the split keeps each "${target}" on one side (split.column): ${apart}. Learn another label, or split by another.`,
      },
    ),
  ];
}

/** Noise is mixed in at levels that are given, or by a split that is about it. */
function noiseNobodyHears({ data, orthogonal, split }: Experiment, flags: readonly string[]): string[] {
  const mixes = split.kind === 'confounded-noise';
  const all = [
    { path: 'data', of: data, bySplit: mixes },
    ...orthogonal.flatMap(({ data: own }, task) =>
      own ? [{ path: `orthogonal[${task}].data`, of: own, bySplit: false }] : [],
    ),
  ];
  return all.flatMap(({ path, of: { noise, snr, noisePart }, bySplit }) => {
    if (snr !== undefined && noise === null)
      return [`${path}.snr: there is no noise to mix in. Name a folder of recordings as ${path}.noise.`];
    if (snr !== undefined && bySplit)
      return [`${path}.snr: the split "${split.kind}" mixes noise in at split.snr. Remove the key.`];
    if (noisePart !== undefined && snr === undefined) {
      const instead = bySplit ? 'The split has a key of its own for it: split.trainPart' : `Give ${path}.snr`;
      return [`${path}.noisePart: it is of noise that is mixed into every clip, at ${path}.snr. ${instead}.`];
    }
    if (noise === null || snr !== undefined || bySplit) return [];
    const problem = `it is not said at which signal-to-noise ratios "${noise}" is mixed in. Give ${path}.snr, such as [0, 5, 10]`;
    if (path !== 'data') return `${path}.noise: ${problem}.`;
    return lineOf(
      flags,
      { path: 'data.noise', problem: `${problem}, or use the split confounded-noise.` },
      {
        path: 'split.kind',
        problem: `"${split.kind}" does not say at which signal-to-noise ratios data.noise is mixed in. Use the split confounded-noise, or give data.snr.`,
      },
    );
  });
}

/** The published rule compares the last `patience` - 1 epochs: one or none is always its own best. */
function tooLittlePatience({ training, orthogonal }: Experiment): string[] {
  const own = orthogonal.flatMap(({ training: changes }, task) =>
    // What a task takes over is told of once, where it is written.
    changes.patience === undefined && changes.patienceRule === undefined
      ? []
      : [{ path: `orthogonal[${task}].training`, ...training, ...changes }],
  );
  const all = [{ path: 'training', ...training }, ...own];
  return all.flatMap(({ path, patience, patienceRule }) =>
    patienceRule === 'as-published' && patience !== null && patience < 3
      ? [`${path}.patience: ${patience} leaves the rule as-published nothing to compare; give 3 or more.`]
      : [],
  );
}

/** Windows between which something is in none, that are all the same, or that can hold too little. */
function impossibleWindows({ segments, features }: Experiment, flags: readonly string[]): string[] {
  if (segments === null) return [];
  const { seconds } = features;
  const { hop, minimum } = segments;
  const least = leastHop(features);
  return [
    ...(hop !== null && hop < least
      ? [
          `segments.hop: ${hop} s is less than the ${least} s from one frame of the features to the next: windows would be ` +
            `the same. Take ${least} or more.`,
        ]
      : []),
    ...(hop !== null && hop > seconds
      ? [
          lineOf(
            flags,
            {
              path: 'segments.hop',
              problem:
                `${hop} s is more than features.seconds, ${seconds}: what lies between two windows would be in none. ` +
                `Take ${seconds} or less.`,
            },
            {
              path: 'features.seconds',
              problem: `${seconds} s is less than segments.hop, ${hop}: what lies between two windows would be in none.`,
            },
          ),
        ]
      : []),
    ...(minimum > seconds
      ? [
          lineOf(
            flags,
            {
              path: 'segments.minimum',
              problem: `no window holds ${minimum} s of sound; features.seconds is ${seconds}.`,
            },
            {
              path: 'features.seconds',
              problem: `a window of ${seconds} s never holds the ${minimum} s of sound that segments.minimum asks for.`,
            },
          ),
        ]
      : []),
  ];
}
