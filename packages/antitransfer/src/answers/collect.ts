import { chanceOver } from '../analysis/chance.js';
import type { MethodSettings } from '../runs/config/method.js';
import { isPublished } from '../runs/config/method.js';
import type { Config } from '../runs/config/schema.js';
import type { Prepared } from '../runs/data/prepared.js';
import type { JobResult, OrthogonalResult } from '../runs/jobs/job.js';
import { methodsOf } from '../runs/plan/jobs.js';
import { methodJobId, orthogonalJobId } from '../runs/store/paths.js';
import type {
  ComparisonResults,
  MethodDescription,
  RemovableCheck,
  RunResult,
  SampleClip,
} from '../runs/store/records.js';

export interface Collected {
  readonly config: Config;
  readonly prepared: Prepared;
  readonly jobs: ReadonlyMap<string, JobResult>;
  readonly environment: Readonly<Record<string, string>>;
  readonly samples: readonly SampleClip[];
  readonly seconds: number;
}

/** Everything that a comparison measured, as plain data. */
export function collectResults(collected: Collected): ComparisonResults {
  const { config, prepared, jobs } = collected;
  const rounds = prepared.rounds.map((_, round) => round);
  const first = prepared.rounds[0] as Prepared['rounds'][number];
  const methods = methodsOf(config);
  const column = config.orthogonal[0]?.column as string;
  const chance = (label: string) =>
    chanceOver(
      prepared.rounds.map(({ test }) => test.map((clip) => prepared.clips[clip]?.labels[label] ?? '')),
    );
  const orthogonal = orthogonalResults(config, jobs, rounds);
  const looksAtOwnClips = methods.some(({ penalties }) =>
    penalties.some(({ clips }) => clips === 'auxiliary'),
  );
  return {
    name: config.name,
    createdAt: new Date().toISOString(),
    config,
    environment: collected.environment,
    target: {
      column: config.target,
      classes: prepared.targetClasses,
      chance: chance(config.target),
    },
    orthogonal: {
      column,
      classes: first.orthogonal[0]?.classes ?? [],
      chance: chance(column),
    },
    split: {
      description: first.description,
      counts: {
        train: first.train.length,
        validation: first.validation.length,
        test: first.test.length,
        ...(looksAtOwnClips && { penalty: first.orthogonal[0]?.train.length ?? 0 }),
      },
    },
    orthogonalNetwork: {
      accuracies: orthogonal.map(({ accuracy }) => accuracy),
      chance: orthogonal[0]?.chance ?? 0,
      reused: orthogonal.every(({ reused }) => reused),
    },
    removable: removableCheck(config, jobs, rounds),
    methods: methods.map(describeMethod),
    runs: methods.flatMap(({ id }) => rounds.flatMap((round) => runOf(jobs, methodJobId(id, round)) ?? [])),
    seconds: collected.seconds,
    samples: collected.samples,
  };
}

/** CKA between the reference and the orthogonal network: is there anything to remove? */
export function removableCheck(
  config: Config,
  jobs: ReadonlyMap<string, JobResult>,
  rounds: readonly number[],
): RemovableCheck {
  const reference = methodsOf(config)[0] as MethodSettings;
  const cka = rounds.flatMap((round) => runOf(jobs, methodJobId(reference.id, round))?.cka ?? []);
  return { cka, threshold: config.removableThreshold };
}

/** The results of the first orthogonal task. */
export function orthogonalResults(
  config: Config,
  jobs: ReadonlyMap<string, JobResult>,
  rounds: readonly number[],
): OrthogonalResult[] {
  const name = config.orthogonal[0]?.name as string;
  return rounds.flatMap((round) => {
    const result = jobs.get(orthogonalJobId(name, round));
    return result?.kind === 'orthogonal' ? [result] : [];
  });
}

function runOf(jobs: ReadonlyMap<string, JobResult>, id: string): RunResult | undefined {
  const result = jobs.get(id);
  return result?.kind === 'method' ? result.run : undefined;
}

function describeMethod(method: MethodSettings): MethodDescription {
  const { id, label, description, control } = method;
  return {
    id,
    label: label ?? id.replaceAll('-', ' '),
    description: description ?? '',
    control,
    published: isPublished(method),
  };
}
