// Renders the corpus of this example from soundfonts (README.md says where to get them):
//
//   node examples/instruments/render.mjs --out FOLDER [--set main|others] [--pitches 48-71] name=path.sf2 ...
//
// writes FOLDER/{instrument}/{bank}_{pitch}_{velocity}.wav: a second of 16 kHz, mono, 16 bits, for each instrument of the
// set, soundfont, pitch (as a MIDI note) and velocity. The same soundfonts give the same bytes. A folder that holds these
// notes already is left as it is.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeWav } from 'antitransfer';
import { sets, velocities } from './instruments.mjs';
import { Soundfont, sampleRate } from './soundfont.mjs';

/** Says how a folder was made; raise `version` when the same soundfonts give other notes. */
const record = { name: 'render.json', version: 1 };

/** A mistake of who called, to be said without a stack. */
class UsageError extends Error {}

/** @param {string[]} args */
function readArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      set: { type: 'string', default: 'main' },
      pitches: { type: 'string', default: '48-71' },
    },
    allowPositionals: true,
  });
  const programs = Object.entries(sets).find(([name]) => name === values.set)?.[1];
  if (programs === undefined) {
    throw new UsageError(`There is no set "${values.set}". Sets are ${Object.keys(sets).join(' and ')}.`);
  }
  if (values.out === undefined) throw new UsageError('Name the folder to write: --out FOLDER.');
  const banks = new Map(positionals.map(readBank));
  if (banks.size === 0) throw new UsageError('Name soundfonts: name=path.sf2 …');
  if (banks.size < positionals.length) throw new UsageError('Two soundfonts have the same name.');
  return { out: resolve(values.out), set: values.set, programs, pitches: readPitches(values.pitches), banks };
}

/** @param {string} text the lowest and the highest MIDI note, 60 being middle C */
function readPitches(text) {
  const [lowest, highest] = (/^(\d+)-(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (lowest === undefined || highest === undefined || lowest > highest || highest > 127) {
    throw new UsageError(`"${text}" are no pitches. Write the lowest and the highest MIDI note: 48-71.`);
  }
  return Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
}

/**
 * @param {string} text
 * @returns {[name: string, path: string]}
 */
function readBank(text) {
  const [, name, path] = /^([a-z0-9-]+)=(.+)$/i.exec(text) ?? [];
  if (name === undefined || path === undefined) {
    throw new UsageError(
      `"${text}" is no soundfont. Write name=path.sf2, the name of letters, digits and "-".`,
    );
  }
  if (!existsSync(path)) throw new UsageError(`There is no file "${path}" (soundfont "${name}").`);
  return [name, path];
}

/** @param {ReturnType<typeof readArguments>} options */
async function render({ out, set, programs, pitches, banks }) {
  const digests = [...banks].map(([name, path]) => [
    name,
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  ]);
  const made = { version: record.version, set, pitches, banks: Object.fromEntries(digests) };
  if (existsSync(out)) return keep(out, made);

  // Under another name until it is whole, so that a folder is complete or not there.
  const unfinished = `${out}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const instrument of Object.keys(programs))
    mkdirSync(join(unfinished, instrument), { recursive: true });
  const silent = [];
  let written = 0;
  for (const [bank, path] of banks) {
    const soundfont = await openSoundfont(path, programs);
    for (const [instrument, program] of Object.entries(programs)) {
      for (const pitch of pitches) {
        for (const velocity of velocities) {
          const file = `${instrument}/${bank}_${pitch}_${velocity}.wav`;
          const samples = soundfont.render({ program, pitch, velocity });
          if (samples === undefined) silent.push(file);
          else writeFileSync(join(unfinished, file), encodeWav(samples, sampleRate));
          written += samples === undefined ? 0 : 1;
        }
      }
      console.error(`${bank}: ${instrument} (${written} notes so far)`);
    }
  }
  writeFileSync(
    join(unfinished, record.name),
    `${JSON.stringify({ ...made, notes: written, silent }, null, 2)}\n`,
  );
  renameSync(unfinished, out);
  const leftOut =
    silent.length === 0 ? 'none silent' : `${silent.length} silent and left out (${record.name})`;
  console.log(`${written} notes in ${out}; ${leftOut}`);
}

/**
 * @param {string} out
 * @param {{ version: number, set: string, pitches: number[], banks: Record<string, string> }} made
 */
function keep(out, made) {
  const path = join(out, record.name);
  const { notes, silent, ...before } = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  if (JSON.stringify(before) !== JSON.stringify(made)) {
    throw new UsageError(
      `"${out}" exists and is not of these notes (set ${made.set}, ${Object.keys(made.banks).join(', ')}). Name another ` +
        'folder, or remove it.',
    );
  }
  console.log(`${out} has its ${notes} notes already`);
}

/**
 * @param {string} path
 * @param {Record<string, number>} programs that it must have
 */
async function openSoundfont(path, programs) {
  const soundfont = await Soundfont.open(path).catch((/** @type {unknown} */ error) => {
    throw new UsageError(
      `"${path}" cannot be read as a soundfont: ${error instanceof Error ? error.message : error}`,
    );
  });
  const missing = Object.entries(programs).filter(([, program]) => !soundfont.programs.has(program));
  if (missing.length === 0) return soundfont;
  const names = missing.map(([instrument, program]) => `${instrument} (${program})`).join(', ');
  throw new UsageError(
    `"${path}" lacks programs of General MIDI: ${names}. Take a soundfont that has all of them.`,
  );
}

try {
  await render(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError || isWrongFlag(error))) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * @param {unknown} error
 * @returns {error is Error}
 */
function isWrongFlag(error) {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
