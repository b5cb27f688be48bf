import { splitSettings, splits } from '../data/splits/registry.js';
import { type ValidationKind, validationKinds } from '../data/splits/validation-clips.js';
import type { ComparisonResults } from './results.js';

/** By what the epoch of each training was chosen, and by which clips: what a choice by validation clips is worth. */
export interface ModelSelection {
  /** One of `training.choose`; undefined where the configuration does not say. */
  readonly choice: string | undefined;
  /** Undefined where the configuration has no split of this toolkit, or nothing looks at validation clips. */
  readonly validation: ValidationKind | undefined;
}

/** How models of a comparison were selected, as its configuration says. */
export function selectionOf({
  config,
  methods,
}: Pick<ComparisonResults, 'config' | 'methods'>): ModelSelection {
  const { training } = config;
  const isTold = typeof training === 'object' && training !== null && 'choose' in training;
  const choice = isTold && typeof training.choose === 'string' ? training.choose : undefined;
  const split = splitSettings.safeParse(config.split);
  // What is done after training looks at them, whichever epoch it begins from.
  const isLookedAt = choice !== 'last' || methods.some(({ correction }) => correction !== undefined);
  return {
    choice,
    validation: isLookedAt && split.success ? splits.find(split.data.kind).validation(split.data) : undefined,
  };
}

/** The same in words, without a capital or a full stop; empty where nothing is known. */
export function selectionInWords({ choice, validation }: ModelSelection): string {
  return [
    ...(choice === undefined
      ? []
      : [choice === 'last' ? 'the last epoch, by no clip' : `epochs by ${choice}`]),
    ...(validation === undefined ? [] : [`validation clips ${validationKinds[validation]}`]),
  ].join('; ');
}

/** The same as a sentence; undefined where nothing is known. */
export function selectionSentence(
  results: Pick<ComparisonResults, 'config' | 'methods'>,
): string | undefined {
  const words = selectionInWords(selectionOf(results));
  return words === '' ? undefined : `Chosen: ${words}.`;
}
