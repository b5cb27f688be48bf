import { distance } from 'fastest-levenshtein';
import { matchesAny } from 'onnx-autograd/internal';
import { UserError } from '../../errors.js';
import type { TrainingSettings } from '../../learning/training/settings.js';

/** What of a training names weights. */
export type WeightPatterns = Pick<TrainingSettings, 'freeze' | 'rates'>;

/** The same, and what is taken over from another network. */
type AllPatterns = WeightPatterns & Pick<TrainingSettings, 'startWeights'>;

/** How many names a message suggests. */
const SUGGESTED = 3;

/**
 * Makes sure that patterns of weights that are not trained, slower or taken over fit some.
 *
 * @param key where they stand, `training`
 * @param weights of every training that they are for
 * @throws UserError that quotes a pattern that fits none, with the nearest names
 */
export function requirePatterns(
  key: string,
  { freeze = [], rates = {}, startWeights = [] }: Partial<AllPatterns>,
  weights: Iterable<string>,
): void {
  const names = [...new Set(weights)];
  for (const [setting, patterns] of [
    ['freeze', freeze],
    ['rates', Object.keys(rates)],
    ['startWeights', startWeights],
  ] as const) {
    const unknown = patterns.find((pattern) => !fits(pattern, names));
    if (unknown === undefined) continue;
    throw new UserError(
      `${key}.${setting}: "${unknown}" fits no weight of the network, nor of what objectives train beside it. The nearest ` +
        `of ${names.length} are ${nearestNames(unknown, names).join(', ')}.`,
    );
  }
}

/** The settings of one training, of patterns that are for several: with those that fit a weight of it. */
export function fittingPatterns<Settings extends WeightPatterns>(
  settings: Settings,
  weights: readonly string[],
): Settings {
  return {
    ...settings,
    freeze: settings.freeze.filter((pattern) => fits(pattern, weights)),
    rates: Object.fromEntries(Object.entries(settings.rates).filter(([pattern]) => fits(pattern, weights))),
  };
}

function fits(pattern: string, names: readonly string[]): boolean {
  return names.some((name) => matchesAny(name, [pattern]));
}

/** Names that a pattern may have meant: what it says before a star is compared with as much of a name. */
function nearestNames(pattern: string, names: readonly string[]): string[] {
  const text = pattern.replaceAll('*', '');
  const part = (name: string) => (pattern.endsWith('*') ? name.slice(0, text.length) : name);
  return names.toSorted((a, b) => distance(text, part(a)) - distance(text, part(b))).slice(0, SUGGESTED);
}
