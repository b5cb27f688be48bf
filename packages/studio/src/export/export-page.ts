import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { defaultCache, UserError } from 'antitransfer/runs';
import { Catalogue } from '../catalogue/catalogue.js';
import { NotFound } from '../not-found.js';
import { resources } from '../resources/registry.js';
import { Binary, type Resource } from '../resources/resource.js';
import { Studio } from '../studio.js';
import { addressOf } from '../views/address.js';
import { inlinePage } from './inline-page.js';

const MEBIBYTE = 1024 * 1024;

export interface ExportOptions {
  /** In which the comparison is looked for. */
  readonly folders: readonly string[];
  /** Where this machine keeps what any machine can make again. */
  readonly cache?: string | undefined;
  /** Whether the sound of each test clip is in it, and what networks were given of it. */
  readonly sounds?: boolean | undefined;
  /** Told how large that is, before it is written. */
  readonly onSounds?: (words: string) => void;
  /** Of sound and pictures at most, in bytes; 64 MB when absent, since a page that holds more opens slowly. */
  readonly mostSound?: number;
}

/**
 * Writes the pages of one comparison into one HTML file that stands by itself: what the studio would answer is in it, so that it
 * shows the same numbers. Where this machine keeps things is not.
 *
 * @throws UserError where there is not exactly one comparison below the folders, its sound is more than an export holds or not there,
 * or the file cannot be written
 */
export async function exportPage(
  file: string,
  { folders, cache, sounds = false, onSounds, mostSound = 64 * MEBIBYTE }: ExportOptions,
): Promise<void> {
  const catalogue = await Catalogue.open(folders);
  const [found, ...others] = await catalogue.comparisons();
  if (found === undefined) throw new UserError(`There is no comparison below ${folders.join(', ')}.`);
  if (others.length > 0) {
    const names = [found, ...others].slice(0, 5).map(({ folder }) => folder);
    throw new UserError(
      `An export is of one comparison, and there are ${others.length + 1} here. Name the folder of one:\n${names.join('\n')}`,
    );
  }
  await requireReplaceable(file);
  const studio = new Studio(catalogue, cache ?? defaultCache());
  try {
    const answers = await answersOf(studio, found.id);
    if (sounds)
      for (const [at, sound] of await soundsOf(studio, found.id, mostSound, onSounds)) answers.set(at, sound);
    await write(file, answers);
  } finally {
    await studio.close();
  }
}

async function write(file: string, answers: ReadonlyMap<string, unknown>): Promise<void> {
  await writeFile(file, inlinePage(answers)).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `"${file}" cannot be written (${error.code}). Name a file in a folder that is there.`,
    );
  });
}

/** @throws UserError where a file is there that is no earlier export: it would be lost */
async function requireReplaceable(file: string): Promise<void> {
  const there = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UserError(
      `"${file}" cannot be written (${error.code}). Name a file in a folder that is there.`,
    );
  });
  if (there === undefined || there.includes('id="exported"')) return;
  throw new UserError(`"${file}" is there, and no earlier export: it would be lost. Name another file.`);
}

/** What an export holds, by the addresses at which a running studio has it. */
async function answersOf(studio: Studio, run: string): Promise<Map<string, unknown>> {
  const answers = new Map<string, unknown>();
  const comparison = await studio.comparison(run);
  const places = [comparison.folder, (await comparison.outline()).store, studio.cache, homedir()];
  for (const resource of resources) {
    if (resource.isSound) continue;
    for (const query of (await resource.exported?.(studio, run)) ?? []) {
      const view = await resource.load(studio, { run, query }).catch(unlessNotThere);
      if (view === undefined) continue;
      answers.set(addressIn(resource, run, query), withoutPlaces(resource.toShare?.(view) ?? view, places));
    }
  }
  return answers;
}

/** Sound and features, by address. All clips are as long: the first of each tells how large all are. */
async function soundsOf(
  studio: Studio,
  run: string,
  most: number,
  onSounds: ExportOptions['onSounds'],
): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  const asked = await Promise.all(
    resources.map(async (resource) => {
      const queries = (resource.isSound && (await resource.exported?.(studio, run))) || [];
      return queries.map((query) => ({ resource, query }));
    }),
  );
  const load = async ({ resource, query }: (typeof asked)[number][number]) => {
    const view = await resource.load(studio, { run, query });
    const shared = view instanceof Binary ? dataUrl(view) : view;
    answers.set(addressIn(resource, run, query), shared);
    return JSON.stringify(shared).length;
  };
  let bytes = 0;
  for (const queries of asked) {
    const [first] = queries;
    if (first !== undefined) bytes += queries.length * (await load(first));
  }
  const clips = Math.max(...asked.map(({ length }) => length));
  const size = `${Math.ceil(bytes / MEBIBYTE)} MB`;
  if (clips === 0)
    throw new UserError('There is no sound to export before a seed or fold is complete: leave out --sounds.');
  if (bytes > most) {
    throw new UserError(
      `The sound and pictures of ${clips} test clips are ${size}; an export holds ${Math.floor(most / MEBIBYTE)} MB of them at most. Leave out --sounds: they are in the studio.`,
    );
  }
  onSounds?.(`${clips} test clips with sound and pictures: ${size}.`);
  for (const queries of asked) for (const one of queries.slice(1)) await load(one);
  return answers;
}

function addressIn({ path }: Resource, run: string, query: Readonly<Record<string, string>>): string {
  return addressOf(path.replace(':run', encodeURIComponent(run)), query);
}

/** What is not there before a comparison has come to its end has no answer in an export either. */
function unlessNotThere(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}

/** Messages of jobs that failed may name places of this machine. */
function withoutPlaces(view: unknown, places: readonly string[]): unknown {
  const hidden = (text: string) =>
    places.filter((place) => place.length > 1).reduce((rest, place) => rest.replaceAll(place, '…'), text);
  return JSON.parse(JSON.stringify(view), (_, value: unknown) =>
    typeof value === 'string' ? hidden(value) : value,
  );
}

function dataUrl({ type, bytes }: Binary): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}
