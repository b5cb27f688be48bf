import { z } from 'zod';
import { trainingSettings } from '../../learning/training/settings.js';

/** Each setting without its default, described as before. */
type Changes<Shape> = {
  [Key in keyof Shape]: Shape[Key] extends z.ZodDefault<infer Setting extends z.ZodType>
    ? z.ZodExactOptional<Setting>
    : Shape[Key] extends z.ZodOptional<infer Setting extends z.ZodType>
      ? z.ZodExactOptional<Setting>
      : never;
};

/** Whoever is trained on an orthogonal task starts from no other network. */
const { startWeights: _, ...ofAnyNetwork } = trainingSettings.shape;

/**
 * What differs from another training: keys that are not given stay as they are there. (`partial()` would fill in the
 * defaults of a training for them.)
 */
export const trainingChanges = z.strictObject(changesOf(ofAnyNetwork));

function changesOf<Shape extends Readonly<Record<string, z.ZodDefault | z.ZodOptional>>>(
  shape: Shape,
): Changes<Shape> {
  const entries = Object.entries(shape).map(([key, setting]) => [key, change(setting)]);
  // Entries of a list are of one type for the compiler; each key still has its own setting.
  return Object.fromEntries(entries) as Changes<Shape>;
}

function change(setting: z.ZodDefault | z.ZodOptional): z.ZodExactOptional {
  const given = z.exactOptional(setting.unwrap());
  return setting.description === undefined ? given : given.describe(setting.description);
}
