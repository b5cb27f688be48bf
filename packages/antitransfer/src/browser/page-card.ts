import { UserError } from '../errors.js';

/** Where a sound that is shorter than a segment stands in it. */
const placements = ['start', 'centre', 'random'] as const;

/** What a page must know of a model. */
export interface PageCard {
  /** What its labels are: "digit". */
  readonly target: string;
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  /** Of the samples that it is given, in Hz. */
  readonly sampleRate: number;
  /** Length of the segment that it hears at once. */
  readonly seconds: number;
  /** Where a clip that is shorter than the segment was put in it; silence is around it. */
  readonly placement: (typeof placements)[number];
  /**
   * What the most probable label must reach to be said, in [0, 1]; undefined of a model that was written before there was
   * one, or without validation clips: then every sound is named.
   */
  readonly level: number | undefined;
}

/**
 * Reads a model's card: what stands in its metadata, or in the file beside it.
 *
 * @param value what JSON said
 * @param where it was found, for messages
 * @throws UserError when it is no card
 */
export function readPageCard(value: unknown, where: string): PageCard {
  const features = field(value, 'features');
  const level = field(field(value, 'level'), 'probability');
  const card = {
    target: field(value, 'target'),
    labels: field(value, 'classes'),
    sampleRate: field(features, 'sampleRate'),
    seconds: field(features, 'seconds'),
    placement: field(features, 'placement') ?? 'start',
    level,
  };
  const wrong = Object.entries(checks).find(([key, holds]) => !holds(Reflect.get(card, key)));
  if (wrong === undefined) return card as PageCard;
  throw new UserError(
    `The card of the model, ${where}, has no ${wrong[0]} that can be used: ${JSON.stringify(Reflect.get(card, wrong[0]))}. ` +
      'Take the .json that "antitransfer export" writes beside the .onnx.',
  );
}

const isText = (value: unknown) => typeof value === 'string';
const isPositive = (value: unknown) => typeof value === 'number' && value > 0 && Number.isFinite(value);

const checks: Readonly<Record<keyof PageCard, (value: unknown) => boolean>> = {
  target: isText,
  labels: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  sampleRate: (value) => isPositive(value) && Number.isInteger(value),
  seconds: isPositive,
  placement: (value) => placements.some((placement) => placement === value),
  level: (value) => value === undefined || (typeof value === 'number' && value >= 0 && value <= 1),
};

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** The length of a segment in samples. */
export function segmentOf({ seconds, sampleRate }: PageCard): number {
  return Math.round(seconds * sampleRate);
}
