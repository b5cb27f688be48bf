import { z } from 'zod';
import { UserError } from './errors.js';
import { nearest } from './nearest.js';

/** What every member of every registry says of itself; how it is created is the business of its kind. */
export interface Definition {
  /** As in a configuration. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** What may be chosen of it: every key described, with a default where there can be one. */
  readonly settings: z.ZodObject;
}

/** Of a member that has only one form. */
export const noSettings = z.strictObject({});

export type NoSettings = typeof noSettings;

type Members<Any> = readonly [Any, ...Any[]];

/** The names of a registry's members, in their order. */
type NamesOf<All extends Members<Definition>> = { [Index in keyof All]: All[Index]['name'] };

/** The schemas of a registry's members, in their order. */
type SchemasOf<All extends Members<Definition>> = { [Index in keyof All]: All[Index]['settings'] };

/** The keys of all members side by side, each with its schema. */
type ShapeOf<All extends Members<Definition>> = Joined<All[number]['settings']['shape']>;

type Joined<Shapes> = (Shapes extends unknown ? (shape: Shapes) => void : never) extends (
  shape: infer Shape,
) => void
  ? { [Key in keyof Shape]: Shape[Key] }
  : never;

/**
 * The things of one kind that a configuration may name: corpora, splits, networks, objectives… Each is a definition in a
 * file of its own and a word in the list that a registry is made from.
 *
 * @typeParam Any what is known of each, whichever it is
 */
export class Registry<Any extends Definition, All extends Members<Any>> {
  readonly names: NamesOf<All>;
  readonly #members: ReadonlyMap<string, Any>;

  /**
   * @param kind what a member is, for messages: `corpus`
   * @throws RangeError when two members have one name
   */
  constructor(
    readonly kind: string,
    readonly members: All,
  ) {
    this.#members = new Map(members.map((member) => [member.name, member]));
    if (this.#members.size < members.length)
      throw new RangeError(`Two of one name: ${members.map(({ name }) => name).join(', ')}.`);
    // Names in the order of the members: `map` loses that each has its own literal.
    this.names = members.map(({ name }) => name) as unknown as NamesOf<All>;
  }

  /** All members, in their order. */
  [Symbol.iterator](): Iterator<All[number]> {
    return this.members[Symbol.iterator]();
  }

  /**
   * The member of a name, as any of its kind.
   *
   * @throws UserError that lists the names, and says which is nearest
   */
  find(name: string): Any {
    const found = this.#members.get(name);
    if (found !== undefined) return found;
    throw new UserError(
      `There is no ${this.kind} "${name}"; there are ${this.names.join(', ')}.${nearest(name, this.names)}`,
    );
  }
}

/** A registry of a kind; its members' types are kept. */
export function registryOf<Any extends Definition>(kind: string) {
  return <const All extends Members<Any>>(...members: All): Registry<Any, All> => new Registry(kind, members);
}

/** The settings of any member, told apart by `kind`, which each has among its own; a member's description is theirs. */
export function unionOf<Any extends Definition, All extends Members<Any>>(registry: Registry<Any, All>) {
  return z.discriminatedUnion('kind', schemasOf(registry));
}

/** All members' settings side by side, for a configuration that keeps them flat. A key of several has one meaning. */
export function shapeOf<Any extends Definition, All extends Members<Any>>(
  registry: Registry<Any, All>,
): ShapeOf<All> {
  // Entries of a list are of one type for the compiler; each key still has its own schema.
  return shapesOf(registry.members) as ShapeOf<All>;
}

function shapesOf(members: readonly Definition[]): Record<string, z.core.$ZodType> {
  return Object.fromEntries(members.flatMap(({ settings }) => Object.entries(settings.shape)));
}

/**
 * What a member reads of settings that are kept flat, its defaults filled in.
 *
 * @throws ZodError when they are none of its
 */
export function settingsOf<Settings extends z.ZodObject>(
  { settings }: { readonly settings: Settings },
  flat: Readonly<Record<string, unknown>>,
): z.infer<Settings> {
  const own = Object.entries(flat).filter(([key]) => key in settings.shape);
  return settings.parse(Object.fromEntries(own));
}

/** Settings kept flat, without those that only other members than the named one read. */
export function readOf<
  Any extends Definition,
  All extends Members<Any>,
  Flat extends Readonly<Record<string, unknown>>,
>(registry: Registry<Any, All>, name: string, flat: Flat): Partial<Flat> {
  const { shape: own } = registry.find(name).settings;
  const all = shapesOf(registry.members);
  const read = Object.entries(flat).filter(([key]) => key in own || !(key in all));
  return Object.fromEntries(read) as Partial<Flat>;
}

/** A setting that is not left at its default, and the names of the members that read it. */
export interface ChangedSetting {
  readonly key: string;
  readonly readers: readonly string[];
}

/** Settings kept flat, of any member, that are not left at their defaults. */
export function changedOf<Any extends Definition, All extends Members<Any>>(
  registry: Registry<Any, All>,
  flat: Readonly<Record<string, unknown>>,
): ChangedSetting[] {
  return Object.entries(shapesOf(registry.members)).flatMap(([key, schema]) => {
    if (isDefault(schema, flat[key])) return [];
    const readers = registry.members.filter(({ settings }) => key in settings.shape);
    return [{ key, readers: readers.map((member) => member.name) }];
  });
}

/** Those of them that the named member does not read. */
export function unreadOf<Any extends Definition, All extends Members<Any>>(
  registry: Registry<Any, All>,
  name: string,
  flat: Readonly<Record<string, unknown>>,
): ChangedSetting[] {
  const { shape: own } = registry.find(name).settings;
  return changedOf(registry, flat).filter(({ key }) => !(key in own));
}

function isDefault(schema: z.core.$ZodType, value: unknown): boolean {
  return value === undefined || JSON.stringify(value) === JSON.stringify(z.safeParse(schema, undefined).data);
}

function schemasOf<Any extends Definition, All extends Members<Any>>({ members }: Registry<Any, All>) {
  return members.map(({ settings, description }) =>
    settings.describe(description),
  ) as unknown as SchemasOf<All>;
}
