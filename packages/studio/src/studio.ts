import type { Catalogue } from './catalogue/catalogue.js';
import { Comparison } from './comparisons/comparison.js';
import type { Keeper } from './keeping/keeper.js';
import { OpenModels } from './models/open-models.js';
import { NotFound } from './not-found.js';

/** What is kept between two looks at the same comparisons. */
export class Studio {
  readonly #comparisons = new Map<string, Comparison>();
  readonly models = new OpenModels();

  /**
   * @param cache where this machine keeps what any machine can make again, as `antitransfer --cache` has it
   * @param keeper where recordings are kept, if anywhere
   */
  constructor(
    readonly catalogue: Catalogue,
    readonly cache: string,
    readonly keeper: Keeper | undefined = undefined,
  ) {}

  /** Closes what was kept open. */
  async close(): Promise<void> {
    await Promise.all([
      this.models.close(),
      ...[...this.#comparisons.values()].map((comparison) => comparison.close()),
    ]);
  }

  /** @throws NotFound when no comparison has this name */
  async comparison(id: string): Promise<Comparison> {
    const folder = await this.catalogue.folderOf(id);
    if (folder === undefined) {
      throw new NotFound(
        this.#comparisons.has(id)
          ? `The comparison "${id}" is gone: since it was opened here, its folder was removed, moved or renamed.`
          : `There is no comparison "${id}" below the folders of this studio.`,
      );
    }
    const known = this.#comparisons.get(id);
    if (known?.folder === folder) return known;
    const comparison = new Comparison(id, folder, this.cache);
    this.#comparisons.set(id, comparison);
    return comparison;
  }
}
