import { methodConflicts } from './method-conflicts.js';
import { orthogonalId } from './names.js';
import { resolveMethod } from './presets/registry.js';
import type { Experiment } from './schema.js';
import { unreadSettings } from './unread-settings.js';

/** Values that are fine by themselves and do not go together: a line for each, with its path and a way out. */
export function conflictsOf(experiment: Experiment): string[] {
  return [
    ...sameNames(experiment),
    ...forgetsTheTarget(experiment),
    ...keepsTheTargetApart(experiment),
    ...noiseNobodyHears(experiment),
    ...windowsWithGaps(experiment),
    ...tooLittlePatience(experiment),
    ...methodConflicts(experiment),
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

/** What is learned cannot be forgotten on the same clips. */
function forgetsTheTarget({ target, orthogonal }: Experiment): string[] {
  return orthogonal.flatMap(({ column, data }, task) =>
    column === target && !data
      ? [
          `orthogonal[${task}].column: "${column}" is the target, too; name the label that is to be forgotten.`,
        ]
      : [],
  );
}

/** A label that is kept on one side cannot be learned on another. */
function keepsTheTargetApart({ target, split }: Experiment): string[] {
  if ((split.kind !== 'group' && split.kind !== 'k-fold') || split.column !== target) return [];
  return [
    `split.column: "${target}" is the target: each of its labels would be on one side only. Name another column.`,
  ];
}

/** Noise is mixed in at levels that are given, or by a split that is about it. */
function noiseNobodyHears({ data, orthogonal, split }: Experiment): string[] {
  const mixes = split.kind === 'confounded-noise';
  const all = [
    { path: 'data', of: data, bySplit: mixes },
    ...orthogonal.flatMap(({ data: own }, task) =>
      own ? [{ path: `orthogonal[${task}].data`, of: own, bySplit: false }] : [],
    ),
  ];
  return all.flatMap(({ path, of: { noise, snr }, bySplit }) => {
    if (snr !== undefined && noise === null)
      return [`${path}.snr: there is no noise to mix in. Name a folder of recordings as ${path}.noise.`];
    if (snr !== undefined && bySplit)
      return [`${path}.snr: the split "${split.kind}" mixes noise in at split.snr. Remove the key.`];
    if (noise === null || snr !== undefined || bySplit) return [];
    return [
      `${path}.noise: it is not said at which signal-to-noise ratios "${noise}" is mixed in. Give ${path}.snr, such as [0, 5, 10]` +
        `${path === 'data' ? ', or use the split confounded-noise' : ''}.`,
    ];
  });
}

/** The published rule compares the last `patience` - 1 epochs: one or none is always its own best. */
function tooLittlePatience({ training, orthogonal }: Experiment): string[] {
  const own = orthogonal.map(({ training: changes }, task) => ({
    path: `orthogonal[${task}].training`,
    ...training,
    ...changes,
  }));
  const all = [{ path: 'training', ...training }, ...own];
  return all.flatMap(({ path, patience, patienceRule }) =>
    patienceRule === 'as-published' && patience !== null && patience < 3
      ? [`${path}.patience: ${patience} leaves the rule as-published nothing to compare; give 3 or more.`]
      : [],
  );
}

function windowsWithGaps({ segments, features: { seconds } }: Experiment): string[] {
  if (segments === null) return [];
  const { hop, minimum } = segments;
  return [
    ...(hop !== null && hop > seconds
      ? [
          `segments.hop: ${hop} s is more than features.seconds, ${seconds}: what lies between two windows would be in none. ` +
            `Take ${seconds} or less.`,
        ]
      : []),
    ...(minimum > seconds
      ? [`segments.minimum: no window holds ${minimum} s of sound; features.seconds is ${seconds}.`]
      : []),
  ];
}
