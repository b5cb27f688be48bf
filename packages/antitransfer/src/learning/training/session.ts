import type {
  AccumulatedStepResult,
  FeedsOf,
  OutputsOf,
  Program,
  StepResult,
  TrainingProgram,
} from 'onnx-autograd';

/** An output of a step that an objective reports. */
export type MeasureOutput = `measure.${string}`;

/** What a step computes beside its loss. */
export type StepOutput = 'crossEntropy' | 'logits' | MeasureOutput;

/** One training step. What it is fed depends on the objectives. */
export type StepProgram = TrainingProgram<string, StepOutput>;

/** What is measured of clips without moving a weight. */
export type EvaluationProgram = Program<'features' | 'labels', 'crossEntropy' | 'probabilities' | 'maps'>;

/** What penalties add to the loss. What it is fed depends on them. */
export type PenaltyProgram = Program<string, 'penalty'>;

/** What frozen networks answer. What that is depends on the objectives. */
export type FrozenProgram = Program<'features'>;

/** By what name a session runs a frozen program. */
export type FrozenName = `frozen.${string}`;

/** By what name a session measures penalties on other clips than those that train. */
export type PenaltyName = `penalty.${string}`;

/** The programs of a training's session. */
export type SessionPrograms = {
  readonly train: StepProgram;
  readonly evaluate: EvaluationProgram;
  readonly [frozen: FrozenName]: FrozenProgram;
  readonly [penalty: PenaltyName]: PenaltyProgram;
};

/** A session, as far as steps are taken with it. */
export interface StepSession {
  step(program: 'train', feeds: FeedsOf<StepProgram>): Promise<StepResult<StepOutput>>;
  accumulatedStep(
    program: 'train',
    batches: readonly FeedsOf<StepProgram>[],
    shares: readonly number[],
  ): Promise<AccumulatedStepResult<StepOutput>>;
}

/** A session, as far as clips are evaluated with it. */
export interface EvaluationSession {
  run(program: 'evaluate', feeds: FeedsOf<EvaluationProgram>): Promise<OutputsOf<EvaluationProgram>>;
}

/** A session, as far as frozen networks are asked with it. */
export interface FrozenSession {
  run(program: FrozenName, feeds: FeedsOf<FrozenProgram>): Promise<OutputsOf<FrozenProgram>>;
}

/** A session, as far as penalties are measured with it. */
export interface PenaltySession {
  run(program: PenaltyName, feeds: FeedsOf<PenaltyProgram>): Promise<OutputsOf<PenaltyProgram>>;
}
