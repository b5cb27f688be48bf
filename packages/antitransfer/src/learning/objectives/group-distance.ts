import type { Value } from 'onnx-autograd';
import { type BetaSettings, betaFeeds, timesBeta } from './beta.js';
import type { ObjectiveParts } from './definition.js';
import { averagedMaps, type LookSettings, lookOf } from './look.js';
import type { Objective } from './objective.js';

/**
 * How far apart groups of clips are.
 *
 * @param features averaged maps, `(clips, n)`
 * @param labels int64, `(clips)`
 * @returns a scalar
 */
type GroupDistance = (features: Value, labels: Value, groups: number) => Value;

/** An objective that draws the groups of an orthogonal label together: their distance in averaged maps, times beta. */
export function drawTogether(
  distance: GroupDistance,
  settings: BetaSettings & LookSettings & { readonly kind: string },
  parts: ObjectiveParts,
): Objective {
  const { name, task } = parts;
  const look = lookOf(settings, parts);
  return {
    name,
    settings: { ...settings, ...look.at, task },
    auxiliary: look.auxiliary,
    groups: look.groups,
    term: (step) => {
      const labels = step.classes(look.clips, task.name);
      const measured = distance(averagedMaps(step, look), labels, task.classes);
      step.measure(name, measured);
      return timesBeta(step, measured, settings);
    },
    ...betaFeeds(settings),
  };
}
