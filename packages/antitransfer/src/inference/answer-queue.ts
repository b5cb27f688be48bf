import type { Clip } from '../data/clip.js';
import { placeSamples } from '../data/features/segment.js';
import { isSaid } from '../listening/said.js';
import { itemAt } from '../lookup.js';
import { answerProblem, type DeployedModel } from './deployed-model.js';
import { labelOf, meanProbabilities } from './heard.js';
import {
  type ClipPrediction,
  type PredictionProblem,
  UnansweredError,
  type WindowPrediction,
} from './prediction.js';

/** A window whose answer may still be waited for. */
interface Waiting extends Pick<WindowPrediction, 'start' | 'end' | 'peak'> {
  probabilities: readonly number[] | undefined;
}

/** A clip that is being gone through. */
export class ClipDraft {
  readonly windows: Waiting[] = [];
  problem: PredictionProblem | undefined;
  ended = false;

  constructor(
    readonly clip: Clip,
    readonly seconds: number,
  ) {}

  get answered(): boolean {
    return this.ended && this.windows.every(({ probabilities }) => probabilities !== undefined);
  }
}

/** Collects windows of several clips for the model, which computes a batch at once. Clips leave in their order. */
export class AnswerQueue {
  readonly #drafts: ClipDraft[] = [];
  readonly #waiting: { readonly draft: ClipDraft; readonly window: Waiting }[] = [];
  readonly #segments: Float32Array;

  constructor(
    readonly model: DeployedModel,
    /** Windows computed at once. */
    readonly batch: number,
    /** A window whose most probable class does not reach this has no label. */
    readonly level = 0,
  ) {
    this.#segments = new Float32Array(batch * model.samples);
  }

  begin(clip: Clip, seconds: number): ClipDraft {
    const draft = new ClipDraft(clip, seconds);
    this.#drafts.push(draft);
    return draft;
  }

  /** Adds a window in which there is nothing to hear. */
  pass(draft: ClipDraft, window: Pick<WindowPrediction, 'start' | 'end' | 'peak'>): void {
    draft.windows.push({ ...window, probabilities: [] });
  }

  /** Adds a window with its samples, which are placed in the model's segment as its card says. */
  async hear(
    draft: ClipDraft,
    window: Pick<WindowPrediction, 'start' | 'end' | 'peak'>,
    samples: Float32Array,
  ): Promise<void> {
    const { samples: length, card } = this.model;
    const row = this.#waiting.length;
    placeSamples(samples, this.#segments.subarray(row * length, (row + 1) * length), card.features.placement);
    const waiting: Waiting = { ...window, probabilities: undefined };
    draft.windows.push(waiting);
    this.#waiting.push({ draft, window: waiting });
    if (this.#waiting.length === this.batch) await this.flush();
  }

  /** Computes what waits. */
  async flush(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    const answers = await this.model.probabilities(
      this.#segments.slice(0, waiting.length * this.model.samples),
    );
    for (const [row, { draft, window }] of waiting.entries()) {
      const answer = Array.from(itemAt(answers, row));
      const problem = answerProblem(answer);
      window.probabilities = answer;
      if (problem === undefined) continue;
      const where = draft.windows.length > 1 ? ` in the window from ${window.start} s` : '';
      draft.problem ??= new UnansweredError(draft.clip.path, this.model.path, `${problem}${where}`);
    }
  }

  /** The first clips all of whose windows have their answers. */
  *finished(): Generator<ClipPrediction | PredictionProblem> {
    for (let draft = this.#drafts[0]; draft?.answered; draft = this.#drafts[0]) {
      this.#drafts.shift();
      yield draft.problem ?? predictionOf(draft, this.model.card.classes, this.level);
    }
  }
}

function predictionOf(
  { clip, seconds, windows }: ClipDraft,
  classes: readonly string[],
  level: number,
): ClipPrediction {
  const answered = windows.map(({ probabilities = [], ...window }) => ({
    ...window,
    label: isSaid(probabilities, level) ? labelOf(probabilities, classes) : undefined,
    probabilities,
  }));
  const sure = answered.filter(({ label }) => label !== undefined);
  const probabilities = meanProbabilities(sure.length > 0 ? sure : answered);
  const label = sure.length > 0 ? labelOf(probabilities, classes) : undefined;
  return { clip, seconds, label, probabilities, windows: answered };
}
