import { sum } from '../../numbers/mean.js';
import { repetitionName } from '../../runs/plan/repetition-name.js';
import type { ComparisonResults, EpochMetrics, RunResult, TaskResult } from '../results.js';

/** One training as programs that track experiments know it: what was set, what was measured, and when. */
export interface TrackedRun {
  /** `cka-auxiliary-seed-3`, with folds `cka-auxiliary-seed-3-fold-0`. */
  readonly name: string;
  readonly comparison: string;
  readonly method: string;
  /** For people: `CKA, auxiliary clips, seed 3`. */
  readonly title: string;
  /** What was set, by its key in the configuration, and `method`, `seed`, `fold`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** By name, such as `validation/accuracy`. */
  readonly metrics: ReadonlyMap<string, readonly TrackedValue[]>;
  /** Seconds since 1970, by the comparison's date and the length of its epochs. */
  readonly started: number;
  readonly ended: number;
}

export interface TrackedValue {
  /** The epoch, from 1; of the test the one whose network was tested. */
  readonly step: number;
  readonly value: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** Every training of a comparison. */
export function trackedRuns(results: ComparisonResults, name: string): TrackedRun[] {
  // A path, where two folders have one name, is no name of a folder.
  const comparison = name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '');
  const settings = parametersOf(results);
  return results.runs.map((run) => {
    const { method, seed, fold } = run;
    const label = results.methods.find(({ id }) => id === method)?.label ?? method;
    const ended = Date.parse(results.createdAt) / 1000;
    return {
      name: `${method}-seed-${seed}${fold === undefined ? '' : `-fold-${fold}`}`,
      comparison,
      method,
      title: `${label}, ${repetitionName(run)}`,
      parameters: new Map([
        ['method', method],
        ['seed', String(seed)],
        ...(fold === undefined ? [] : [['fold', String(fold)] as const]),
        ...settings,
      ]),
      metrics: metricsOf(run, ended),
      started: ended - Math.max(run.seconds, secondsOf(run)),
      ended,
    };
  });
}

function metricsOf(run: RunResult, ended: number): Map<string, TrackedValue[]> {
  const metrics = new Map<string, TrackedValue[]>();
  const add = (name: string, value: number | undefined, step: number, time: number) => {
    // What was not measured is no number, which these programs draw as one.
    if (value === undefined || !Number.isFinite(value)) return;
    metrics.set(name, [...(metrics.get(name) ?? []), { step, value, time }]);
  };
  let time = ended - secondsOf(run);
  for (const epoch of run.epochs) {
    time = Math.min(ended, time + epoch.seconds);
    for (const [name, value] of epochValues(epoch)) add(name, value, epoch.epoch, time);
  }
  for (const [name, value] of testValues(run)) add(name, value, run.bestEpoch, ended);
  return metrics;
}

/** Of its epochs. */
function secondsOf({ epochs }: RunResult): number {
  return sum(epochs.map(({ seconds }) => seconds));
}

type Named = readonly [name: string, value: number | undefined];

function epochValues({ learningRate, train, validation, measures }: EpochMetrics): Named[] {
  return [
    ['learning-rate', learningRate],
    ['train/cross-entropy', train.crossEntropy],
    ['train/accuracy', train.accuracy],
    ...Object.entries(train.objectives).map(([name, value]): Named => [`train/objective ${name}`, value]),
    ['validation/cross-entropy', validation.crossEntropy],
    ['validation/accuracy', validation.accuracy],
    ['validation/balanced-accuracy', validation.balancedAccuracy],
    ['validation/penalty', validation.penalty],
    ...Object.entries(measures).map(([name, value]): Named => [`validation/${name}`, value]),
  ];
}

function testValues({ test, tasks }: RunResult): Named[] {
  return [
    ['test/accuracy', test.accuracy],
    ['test/balanced-accuracy', test.balancedAccuracy],
    ['test/macro-f1', test.macroF1],
    ['test/cross-entropy', test.crossEntropy],
    ['test/contradicting', test.contradicting?.accuracy],
    ...tasks.flatMap(({ name, cka, probe }: TaskResult): Named[] => [
      [`test/cka.${name}`, cka],
      [`test/probe.${name}`, probe.accuracy],
    ]),
  ];
}

/** The configuration in single values; of the methods each run says its own. */
function parametersOf({ config }: ComparisonResults): [string, string][] {
  const { methods: _, execution: __, ...asked } = config;
  return flat(asked, '');
}

function flat(value: unknown, key: string): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [[key, String(value)]];
  if (Array.isArray(value)) return [[key, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, inner]) => flat(inner, key === '' ? name : `${key}.${name}`));
}
