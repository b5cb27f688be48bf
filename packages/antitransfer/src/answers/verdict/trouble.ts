import { DWARFS } from '../../learning/training/divergence.js';
import { repetitionName } from '../../runs/plan/repetition-name.js';
import { formatLarge } from '../format.js';
import type { ComparisonResults, MethodDescription, RunResult } from '../results.js';

/** How many times as large as in the first epoch something is that explodes, and how large it is at least. */
const EXPLODES = 10;

/** What went wrong in trainings, as sentences: those that gave no result, collapsed or exploded, and features that say nothing. */
export function troubles(results: ComparisonResults): string[] {
  return [
    ...constantFeatures(results),
    ...results.methods.flatMap((method) => {
      const runs = results.runs.filter((run) => run.method === method.id);
      return [
        ...failures(results, method, runs.length),
        ...collapses(method, runs),
        ...explosions(method, runs),
        ...dwarfed(method, runs),
      ];
    }),
  ];
}

function constantFeatures({ samples }: ComparisonResults): string[] {
  const constant = samples.filter(({ spectrogram: { values } }) =>
    values.every((value) => value === values[0]),
  );
  if (samples.length === 0 || constant.length < samples.length) return [];
  return [
    'The features are the same number everywhere in every clip that was looked at: networks hear nothing. Look at the recordings and at the settings of “features”.',
  ];
}

function failures(
  { failed }: ComparisonResults,
  { id, label }: MethodDescription,
  finished: number,
): string[] {
  const own = failed.filter(({ method }) => method === id);
  const [first] = own;
  if (first === undefined) return [];
  const all = own.length + finished;
  const rest = finished === 0 ? '' : ' Its numbers are of the others.';
  return [
    `“${label}” gave no result in ${own.length} of ${all} trainings (${repetitions(own)}): ${first.reason}${rest}`,
  ];
}

/** A network that gives every clip the same answer. */
function collapses({ label }: MethodDescription, runs: readonly RunResult[]): string[] {
  const collapsed = runs.filter(({ predictions }) => {
    const truths = new Set(predictions.map(({ truth }) => truth));
    return truths.size > 1 && new Set(predictions.map(({ predicted }) => predicted)).size === 1;
  });
  if (collapsed.length === 0) return [];
  return [
    `“${label}” gives every test clip the same answer in ${collapsed.length} of ${runs.length} trainings (${repetitions(collapsed)}).`,
  ];
}

/** What joins the loss, or the loss itself, grows without bounds. */
function explosions({ label }: MethodDescription, runs: readonly RunResult[]): string[] {
  const curves = new Map<string, { readonly run: RunResult; readonly values: readonly number[] }[]>();
  for (const run of runs) {
    for (const [name, values] of curvesOf(run)) {
      curves.set(name, [...(curves.get(name) ?? []), { run, values }]);
    }
  }
  return [...curves].flatMap(([name, all]) => {
    const exploding = all.filter(({ values }) => explodes(values));
    if (exploding.length === 0) return [];
    const largest = Math.max(...exploding.flatMap(({ values }) => values.map(Math.abs)));
    const where = repetitions(exploding.map(({ run }) => run));
    return [
      `The ${name} of “${label}” explodes, up to ${formatLarge(largest)} (${where}): its numbers mean little.`,
    ];
  });
}

/** A weight that leaves the cross-entropy no say: the target is not learned, and beta is why. */
function dwarfed({ label, objectives }: MethodDescription, runs: readonly RunResult[]): string[] {
  return objectives.flatMap(({ weight }) => {
    if (weight === undefined) return [];
    const shares = runs.flatMap((run) => {
      const [first] = run.epochs;
      const value = first?.train.objectives[weight.of];
      if (first === undefined || value === undefined) return [];
      const times = (weight.beta * Math.abs(value)) / first.train.crossEntropy;
      return times > DWARFS ? [{ run, times }] : [];
    });
    if (shares.length === 0) return [];
    const most = formatLarge(Math.max(...shares.map(({ times }) => times)));
    const where = repetitions(shares.map(({ run }) => run));
    return [
      `The weighted ${weight.of} of “${label}” is up to ${most} times the cross-entropy in the first epoch (${where}): its beta, ${weight.beta}, is the probable cause of what is not learned. Take a smaller one.`,
    ];
  });
}

function curvesOf({ epochs }: RunResult): [string, number[]][] {
  const names = new Set(epochs.flatMap(({ train }) => Object.keys(train.objectives)));
  return [
    ['cross-entropy in training', epochs.map(({ train }) => train.crossEntropy)],
    ...[...names].map((name): [string, number[]] => [
      `objective ${name}`,
      epochs.flatMap(({ train }) => train.objectives[name] ?? []),
    ]),
  ];
}

function explodes(values: readonly number[]): boolean {
  const [first = 0] = values;
  return Math.max(...values.map(Math.abs)) > EXPLODES * Math.max(1, Math.abs(first));
}

function repetitions(runs: readonly { readonly seed: number; readonly fold?: number | undefined }[]): string {
  return runs.map(repetitionName).join('; ');
}
