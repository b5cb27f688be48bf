import type { ClipPrediction, PredictionProblem } from '../../inference/prediction.js';
import type { ModelCard } from '../../learning/networks/model-card.js';

/** What predictions are written of. */
export interface Asked {
  /** The model's file. */
  readonly model: string;
  readonly card: ModelCard;
  /** One label for a recording, not for each of its windows. */
  readonly whole: boolean;
  /** Sounds were looked for, so that each has its times. */
  readonly sounds: boolean;
}

/** Text of predictions, as they come and at their end; empty where there is nothing to print yet. */
export interface PredictionWriter {
  add(prediction: ClipPrediction): string;
  end(problems: readonly PredictionProblem[]): string;
}
