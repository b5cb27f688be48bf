import type { Random } from 'onnx-autograd/random';
import type { z } from 'zod';
import type { Definition } from '../../registry.js';
import type { Clip } from '../clip.js';
import type { NoiseRecording } from '../corpora/add-noise.js';
import type { SplitCheck } from './check.js';
import type { Recordings } from './recordings.js';
import type { Split, SplitTask } from './split.js';
import type { ValidationKind } from './validation-clips.js';

/** What a split is made for, beside the clips. */
export interface SplitParts extends SplitTask {
  /** Recordings that may be mixed in. */
  readonly noises: readonly NoiseRecording[];
  /** Which clips are of one recording, and belong on one side. */
  readonly recordings: Recordings;
  readonly random: Random;
  /** From 0, for a split that has {@link SplitDefinition.folds}. */
  readonly fold: number | undefined;
}

/** A way to divide clips, as the registry knows it; its settings hold its name as their `kind`. */
export interface SplitDefinition<Name extends string = string, Settings extends z.ZodObject = z.ZodObject>
  extends Definition {
  readonly name: Name;
  readonly settings: Settings;
  /** What its validation clips are: a choice of epochs, taps or betas by them means something else each time. */
  validation(settings: z.infer<Settings>): ValidationKind;
  /** Label columns that it looks at, beside the target and the orthogonal one. */
  columns?(settings: z.infer<Settings>): readonly string[];
  /** The number of folds; one split without it. */
  folds?(settings: z.infer<Settings>): number;
  /** Set when it draws clips at random, where it would tear apart what the corpus keeps together, such as its speakers. */
  readonly tearsGroups?: true;
  /** Set when another draw of the same seed may do where one leaves a class without clips on a side. */
  readonly mayDrawAgain?: true;
  /** What must be true of every such split beside what must be of any. */
  check?(settings: z.infer<Settings>): Omit<SplitCheck, 'target'>;
  /**
   * Divides clips, which are sorted by id. Whoever asks for a split sorts its sides and checks it.
   *
   * @throws SplitError when the clips do not allow it
   */
  create(settings: z.infer<Settings>, clips: readonly Clip[], parts: SplitParts): Split;
}

/** Types a definition by its settings. */
export function defineSplit<const Name extends string, Settings extends z.ZodObject>(
  definition: SplitDefinition<Name, Settings>,
): SplitDefinition<Name, Settings> {
  return definition;
}
