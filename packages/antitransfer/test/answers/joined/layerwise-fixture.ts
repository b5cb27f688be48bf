import type { Random } from 'onnx-autograd';
import type { ComparisonResults } from '../../../src/answers/results.js';
import { experimentSchema } from '../../../src/runs/config/schema.js';
import { comparisonFixture } from '../page/fixture.js';
import type { MethodFixture } from '../page/fsdd.js';

/** One method of {@link layerwiseFixture}. */
export interface LayerwiseMethod {
  readonly id: string;
  readonly label?: string;
  readonly control?: boolean;
  readonly accuracy: number;
  /** Mean accuracy on validation clips at the chosen epoch, where it is not that on the test. */
  readonly validation?: number;
  readonly objectives?: readonly Record<string, unknown>[];
  readonly correction?: Record<string, unknown>;
}

/** A comparison whose configuration is complete, so that what its methods look at is known; no other than those differences. */
export function layerwiseFixture(
  random: Random,
  methods: readonly LayerwiseMethod[],
  changes: Record<string, unknown> = {},
  seeds = 5,
): ComparisonResults {
  const config = experimentSchema.parse({
    name: 'layers',
    target: 'digit',
    orthogonal: [{ name: 'speaker', column: 'speaker' }],
    split: { kind: 'stratified' },
    methods: methods.map(({ accuracy: _, validation: __, ...method }) => method),
    ...changes,
  });
  const results = comparisonFixture(random, {
    ...{ seeds, epochs: 6, clips: 20, noise: 0.004 },
    methods: methods.map(
      ({ id, label = id.replaceAll('-', ' '), control = false, accuracy, objectives }): MethodFixture => ({
        ...{ id, label, description: label, control, published: false, accuracy, cka: 0.4, probe: 0.8 },
        penalised: objectives !== undefined,
      }),
    ),
  });
  const validation = new Map(methods.map((method) => [method.id, method.validation]));
  return {
    ...results,
    config: { ...config, execution: {} },
    runs: results.runs.map((run) => {
      const accuracy = validation.get(run.method);
      if (accuracy === undefined) return run;
      const epochs = run.epochs.map((epoch) =>
        epoch.epoch === run.bestEpoch ? { ...epoch, validation: { ...epoch.validation, accuracy } } : epoch,
      );
      return { ...run, epochs };
    }),
  };
}

/** A penalty at each tap: accuracy on the test, on validation clips. */
export function atTaps(
  name: string,
  settings: Record<string, unknown>,
  taps: Readonly<Record<string, readonly [test: number, validation: number]>>,
): LayerwiseMethod[] {
  return Object.entries(taps).map(([tap, [accuracy, validation]]) => ({
    id: `${name}-${tap.replaceAll('_', '-')}`,
    label: `${name} at ${tap}`,
    accuracy,
    validation,
    objectives: [{ ...settings, tap }],
  }));
}
