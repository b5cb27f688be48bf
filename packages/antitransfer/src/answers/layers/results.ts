import { z } from 'zod';
import { UserError } from '../../errors.js';
import { readJson } from '../../files/json-file.js';
import { paths } from '../../runs/folder/paths.js';
import { analysedTask } from '../../runs/store/records.js';

/** One network at one tap, beside one orthogonal task. */
const layerResult = analysedTask.extend({
  /** The method's id; null for the first weights. */
  method: z.string().nullable(),
  seed: z.int(),
  fold: z.int().nonnegative().optional(),
  /** The seed by which the split was drawn, where that is another's. */
  splitSeed: z.int().optional(),
  tap: z.string(),
  /** The orthogonal task's name. */
  task: z.string(),
});

/** What `analyze` found, as plain data. */
export const layerResults = z.strictObject({
  version: z.literal(1),
  /** Of the comparison. */
  name: z.string(),
  target: z.string(),
  /** In the order of the network. */
  taps: z.array(z.string()).readonly(),
  position: z.enum(['after', 'before']),
  tasks: z.array(z.string()).readonly(),
  /** Their label columns; absent of what earlier versions left. */
  columns: z.array(z.string()).readonly().optional(),
  /** Id and label, in the order of the comparison; the first weights are none. */
  methods: z.array(z.strictObject({ id: z.string(), label: z.string() })).readonly(),
  results: z.array(layerResult).readonly(),
  /** Digests of the jobs that it is from: `store clear --keep` leaves them. */
  jobs: z.array(z.string()).readonly(),
});

/** What `analyze` measured, as `analysis.json` has it. */
export type LayerResults = Readonly<z.infer<typeof layerResults>>;
/** What was measured of one network at one tap for one orthogonal task. */
export type LayerResult = LayerResults['results'][number];
export type LayerReading = NonNullable<LayerResult['linear']>;

/**
 * What `analyze` left in a comparison's folder.
 *
 * @throws UserError when there is nothing yet; DamagedFileError when the file is damaged or of another version.
 */
export async function readLayerResults(folder: string): Promise<LayerResults> {
  const found = await readJson(paths.analysis(folder), layerResults);
  if (found !== undefined) return found;
  throw new UserError(
    `"${folder}" holds no analysis: there is no analysis.json in it. "antitransfer analyze" leaves one.`,
  );
}
