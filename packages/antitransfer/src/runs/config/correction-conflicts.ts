import type { MethodSettings } from './method.js';
import { resolveMethod } from './presets/registry.js';
import type { Experiment } from './schema.js';

/**
 * Corrections that cannot be made: of a method that is not above or is corrected itself, beside a training of its own, or of an
 * orthogonal task that there is not; and methods that would continue from a corrected network.
 */
export function correctionConflicts({
  methods: entries,
  orthogonal,
}: Pick<Experiment, 'methods' | 'orthogonal'>): string[] {
  const methods = entries.map((entry) => resolveMethod(entry));
  return methods.flatMap((method, index) => [
    ...continued(method, index, methods),
    ...corrected(method, index, methods),
    ...unknownTask(method, index, orthogonal),
  ]);
}

function continued({ start }: MethodSettings, index: number, methods: readonly MethodSettings[]): string[] {
  const from = methods.slice(0, index).find(({ id, correction }) => id === start && correction !== null);
  if (from === undefined) return [];
  return [
    `methods[${index}].start: the network of "${start}" is corrected after its training, and no training continues from ` +
      'such a network. Start from the method that it corrects.',
  ];
}

function corrected(
  { correction, start, objectives }: MethodSettings,
  index: number,
  methods: readonly MethodSettings[],
): string[] {
  if (correction === null || correction.method === null) return [];
  const path = `methods[${index}].correction.method`;
  const { method } = correction;
  const earlier = methods.slice(0, index).filter((other) => other.correction === null);
  if (!earlier.some(({ id }) => id === method)) {
    const names = earlier.map(({ id }) => `"${id}"`).join(', ');
    return [
      `${path}: "${method}" is no method above that is not corrected itself; there are ${names || 'none'}.`,
    ];
  }
  if (start === 'random' && objectives.length === 0) return [];
  return [
    `${path}: the network of "${method}" is corrected, so that start and objectives beside it would have no effect. ` +
      'Leave them out, or leave out correction.method.',
  ];
}

function unknownTask(
  { correction }: MethodSettings,
  index: number,
  orthogonal: Experiment['orthogonal'],
): string[] {
  if (correction === null || correction.orthogonal === null) return [];
  if (orthogonal.some(({ name }) => name === correction.orthogonal)) return [];
  const names = orthogonal.map(({ name }) => `"${name}"`).join(', ');
  return [
    `methods[${index}].correction.orthogonal: there is no orthogonal task "${correction.orthogonal}"; there are ${names}.`,
  ];
}
