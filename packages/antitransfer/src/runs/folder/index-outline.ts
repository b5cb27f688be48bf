import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { readJson } from '../../files/json-file.js';
import { isBucketUrl } from '../store/bucket/location.js';
import { paths } from './paths.js';

const cell = z.object({
  name: z.string(),
  of: z.string(),
  repetition: z.int().nonnegative(),
  job: z.string(),
});

/** Of an index, what a list of comparisons shows: neither settings nor clips are looked at, which are nearly all of it. */
const outline = z.object({
  version: z.literal(2),
  experiment: z.object({ name: z.string() }),
  store: z.string().refine((path) => !isAbsolute(path), 'a path from this folder'),
  methods: z.array(cell.extend({ correction: z.string().optional(), assessment: z.string() })),
  tasks: z.array(cell),
});

/** What a comparison is called, and which jobs of which store answer it. */
export interface IndexOutline extends Pick<z.infer<typeof outline>, 'methods' | 'tasks'> {
  readonly name: string;
  /** Folder of the store, or the address of its bucket. */
  readonly store: string;
}

/**
 * The outline of a comparison's index, in a fraction of the time of {@link ComparisonFolder.index}; undefined when the folder holds
 * no comparison.
 *
 * @throws DamagedFileError when it does not hold what was written
 */
export async function readOutline(folder: string): Promise<IndexOutline | undefined> {
  const found = await readJson(paths.index(folder), outline);
  if (found === undefined) return undefined;
  const { experiment, store, methods, tasks } = found;
  return {
    name: experiment.name,
    store: isBucketUrl(store) ? store : resolve(folder, store),
    methods,
    tasks,
  };
}
