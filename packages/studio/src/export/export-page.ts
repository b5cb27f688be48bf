import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { defaultCache, UserError } from 'antitransfer/runs';
import { Catalogue } from '../catalogue/catalogue.js';
import { NotFound } from '../not-found.js';
import { resources } from '../resources/registry.js';
import { Binary } from '../resources/resource.js';
import { Studio } from '../studio.js';
import { addressOf } from '../views/address.js';
import { inlinePage } from './inline-page.js';

/**
 * Writes the pages of one comparison into one HTML file that stands by itself: what the studio would answer is in it, so that it
 * shows the same numbers. Where this machine keeps things is not.
 *
 * @throws UserError where there is not exactly one comparison below the folders, or the file cannot be written
 */
export async function exportPage(file: string, folders: readonly string[], cache?: string): Promise<void> {
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
  const answers = await answersOf(studio, found.id);
  await studio.close();
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
async function answersOf(studio: Studio, run: string): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  const comparison = await studio.comparison(run);
  const places = [comparison.folder, (await comparison.outline()).store, studio.cache, homedir()];
  for (const resource of resources) {
    for (const query of (await resource.exported?.(studio, run)) ?? []) {
      const view = await resource.load(studio, { run, query }).catch(unlessNotThere);
      if (view === undefined) continue;
      const shared = view instanceof Binary ? dataUrl(view) : (resource.toShare?.(view) ?? view);
      answers.set(
        addressOf(resource.path.replace(':run', encodeURIComponent(run)), query),
        withoutPlaces(shared, places),
      );
    }
  }
  return answers;
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
