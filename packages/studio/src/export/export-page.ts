import { writeFile } from 'node:fs/promises';
import { defaultCache, UserError } from 'antitransfer/runs';
import { Catalogue } from '../catalogue/catalogue.js';
import { resources } from '../resources/registry.js';
import { addressOf, Binary } from '../resources/resource.js';
import { Studio } from '../studio.js';
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
  const answers = await answersOf(new Studio(catalogue, cache ?? defaultCache()), found.id);
  await writeFile(file, inlinePage(answers)).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `"${file}" cannot be written (${error.code}). Name a file in a folder that is there.`,
    );
  });
}

/** What an export holds, by the addresses at which a running studio has it. */
async function answersOf(studio: Studio, run: string): Promise<ReadonlyMap<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const resource of resources) {
    for (const query of (await resource.exported?.(studio, run)) ?? []) {
      const view = await resource.load(studio, { run, query });
      const shared = view instanceof Binary ? dataUrl(view) : (resource.toShare?.(view) ?? view);
      answers.set(addressOf(resource.path, run, query), shared);
    }
  }
  return answers;
}

function dataUrl({ type, bytes }: Binary): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}
