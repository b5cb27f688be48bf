import { readFile } from 'node:fs/promises';
import type { Database } from 'sql.js';
import { z } from 'zod';
import { messageOf, UserError } from '../../../errors.js';

const text = z.union([z.string(), z.number().transform(String)]);
const optional = text.nullable();

/** A recording by one microphone of one sound, with the sound and its pack. */
const take = z.object({
  filename: z.string(),
  microphone: z.string(),
  sound: text,
  instrument: z.string(),
  klass: z.string(),
  pack: z.string(),
  note: optional,
  octave: optional,
  dynamics: optional,
  player: optional,
});

/** {@link take}, as the database has it. */
export type Take = z.infer<typeof take>;

const QUERY = `
  SELECT takes.filename, takes.microphone, sounds.id AS sound, sounds.instrument, sounds.klass, packs.name AS pack,
         sounds.note, sounds.octave, sounds.dynamics, sounds.player
  FROM takes JOIN sounds ON sounds.id = takes.sound_id JOIN packs ON packs.id = sounds.pack_id
  WHERE takes.filename IS NOT NULL AND sounds.klass IS NOT NULL
  ORDER BY takes.filename`;

/**
 * All takes of Good-Sounds' `database.sqlite`: tables `takes`, `sounds`, `packs`. Takes of sounds without a class or a pack
 * are none.
 *
 * @throws UserError when the file is no such database
 */
export async function readTakes(path: string): Promise<Take[]> {
  const { default: initSqlJs } = await import('sql.js');
  const sql = await initSqlJs();
  let database: Database | undefined;
  try {
    database = new sql.Database(await readFile(path));
    const statement = database.prepare(QUERY);
    const takes: Take[] = [];
    try {
      while (statement.step()) takes.push(take.parse(statement.getAsObject()));
    } finally {
      statement.free();
    }
    return takes;
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).split('\n').join(' ') : messageOf(error);
    throw new UserError(`"${path}" is not the database of Good-Sounds: ${why}. Unpack it again.`, {
      cause: error,
    });
  } finally {
    database?.close();
  }
}
