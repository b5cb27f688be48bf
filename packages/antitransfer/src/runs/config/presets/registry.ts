import { z } from 'zod';
import { registryOf } from '../../../registry.js';
import { type MethodSettings, methodSettings } from '../method.js';
import { asPublished } from './as-published.js';
import { cka } from './cka.js';
import { ckaAuxiliary } from './cka-auxiliary.js';
import { correlation } from './correlation.js';
import { correlationAuxiliary } from './correlation-auxiliary.js';
import type { MethodDefinition } from './definition.js';
import { gram } from './gram.js';
import { noTransfer } from './no-transfer.js';
import { shuffledControl } from './shuffled-control.js';
import { weightInitialisation } from './weight-initialisation.js';

/** The methods that a configuration may name by a word. */
export const methodPresets = registryOf<MethodDefinition>('method')(
  noTransfer,
  weightInitialisation,
  asPublished,
  gram,
  cka,
  ckaAuxiliary,
  correlation,
  correlationAuxiliary,
  shuffledControl,
);

/** A method as a configuration writes it: a word for one of the presets, or all of it. */
export const methodEntry = z.union([
  z.enum(methodPresets.names).describe('A method by name'),
  methodSettings,
]);

/**
 * The method that an entry stands for.
 *
 * @param tap where the released code looks at the target's network; null of another one than the paper's
 */
export function resolveMethod(entry: z.infer<typeof methodEntry>, tap: string | null = null): MethodSettings {
  return typeof entry === 'string' ? methodPresets.find(entry).create(tap) : entry;
}
