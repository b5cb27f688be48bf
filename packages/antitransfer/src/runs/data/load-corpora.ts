import type { CorpusAccount } from '../../data/account/account.js';
import type { AudioError, AudioProblem } from '../../data/audio/audio-error.js';
import type { Clip } from '../../data/clip.js';
import { listNoises, type NoiseRecording } from '../../data/corpora/add-noise.js';
import { noiseColumns } from '../../data/corpora/noisy-clips.js';
import { loadCorpus } from '../../data/corpora/registry.js';
import { selectClips } from '../../data/corpora/select-clips.js';
import { splits } from '../../data/splits/registry.js';
import { UserError } from '../../errors.js';
import type { DataSettings, Experiment } from '../config/schema.js';

/** The clips of a corpus that an experiment asks for. */
export interface LoadedCorpus {
  readonly clips: readonly Clip[];
  readonly account: CorpusAccount;
  /** Label column whose labels splits at random keep together. */
  readonly group: string | undefined;
  /** Recordings to be mixed in. */
  readonly noises: readonly NoiseRecording[];
}

/** Everything that an experiment's clips come from. */
export interface LoadedCorpora {
  readonly target: LoadedCorpus;
  /** Of each orthogonal task: its own corpus, where it has one. */
  readonly tasks: readonly (LoadedCorpus | undefined)[];
}

/**
 * Loads the corpora of an experiment. Reads names, not audio (but for noises).
 *
 * @throws UserError when a corpus, a label column or a label is not as the experiment says.
 */
export async function loadCorpora(experiment: Experiment): Promise<LoadedCorpora> {
  const { data, target, orthogonal, split } = experiment;
  const columns = [
    target,
    ...orthogonal.flatMap((task) => (task.data ? [] : task.column)),
    ...(splits.find(split.kind).columns?.(split) ?? []),
  ];
  return {
    target: await loadClips(data, 'data', columns),
    tasks: await Promise.all(
      orthogonal.map((task) =>
        task.data ? loadClips(task.data, `orthogonal "${task.name}"`, [task.column]) : undefined,
      ),
    ),
  };
}

/**
 * The clips of one corpus that are asked for.
 *
 * @param of what is asked for them, for messages
 * @param columns that are used
 * @throws UserError when the corpus, a label column or a label is not as the settings say
 */
export async function loadClips(
  data: DataSettings,
  of: string,
  columns: readonly string[],
): Promise<LoadedCorpus> {
  const { corpus: name, path } = data;
  if (path === null) {
    throw new UserError(`${of}: the corpus "${name}" needs a path: where are the recordings?`);
  }
  const corpus = await loadCorpus(name, path, data);
  // Noise is mixed in later, and named then: with its level, but by a split.
  const later: readonly string[] = data.noise === null ? [] : data.snr ? noiseColumns : ['noise'];
  const used = [...new Set(columns)].filter((column) => !later.includes(column));
  try {
    const { clips, account } = selectClips(corpus, used, data);
    const skipped: string[] = [];
    const skip = ({ path: noise, reason }: AudioError) => skipped.push(skippedNoise(noise, reason));
    const noises =
      data.noise === null ? [] : await listNoises(data.noise, data.problems === 'skip' ? skip : undefined);
    const warnings = [...account.warnings, ...skipped];
    return { clips, account: { ...account, warnings }, group: corpus.group, noises };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${of}, "${path}": ${error.message}`, { cause: error });
  }
}

/** What is said of a noise that is left out. */
export function skippedNoise(path: string, reason: AudioProblem): string {
  return `The noise "${path}" is ${reason} and skipped.`;
}
