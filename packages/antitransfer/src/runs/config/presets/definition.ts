import type { z } from 'zod';
import { type Definition, type NoSettings, noSettings } from '../../../registry.js';
import { type MethodSettings, methodSettings } from '../method.js';

type MethodInput = z.input<typeof methodSettings>;
type Objectives = MethodInput['objectives'];

/** A method that a configuration may name by a word. */
export interface MethodDefinition<Name extends string = string> extends Definition {
  /** Its id. */
  readonly name: Name;
  readonly settings: NoSettings;
  /** @param tap where the released code looks at the target's network; null of another one than the paper's */
  create(tap: string | null): MethodSettings;
}

/** A method with its defaults filled in; its objectives may depend on where the released code looks. */
export function defineMethod<const Name extends string>({
  name,
  objectives,
  ...method
}: Omit<MethodInput, 'id' | 'objectives'> & {
  readonly name: Name;
  readonly label: string;
  readonly description: string;
  readonly objectives?: Objectives | ((tap: string | null) => Objectives);
}): MethodDefinition<Name> {
  return {
    name,
    description: method.description,
    settings: noSettings,
    create: (tap) =>
      methodSettings.parse({
        id: name,
        ...method,
        objectives: typeof objectives === 'function' ? objectives(tap) : objectives,
      }),
  };
}
