import type { z } from 'zod';
import { type Definition, type NoSettings, noSettings } from '../../../registry.js';
import { type MethodSettings, methodSettings } from '../method.js';

/** A method that a configuration may name by a word. */
export interface MethodDefinition<Name extends string = string> extends Definition {
  /** Its id. */
  readonly name: Name;
  readonly settings: NoSettings;
  create(): MethodSettings;
}

/** A method with its defaults filled in. */
export function defineMethod<const Name extends string>({
  name,
  ...method
}: Omit<z.input<typeof methodSettings>, 'id'> & {
  readonly name: Name;
  readonly label: string;
  readonly description: string;
}): MethodDefinition<Name> {
  return {
    name,
    description: method.description,
    settings: noSettings,
    create: () => methodSettings.parse({ id: name, ...method }),
  };
}
