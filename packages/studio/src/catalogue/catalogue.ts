import { realpath, stat } from 'node:fs/promises';
import { UserError } from 'antitransfer/runs';
import { type FoundComparison, isBelow, rootNames, scan } from './scan.js';

/** Folders are looked through again after this, in milliseconds. */
const RESCAN = 5000;

interface Root {
  readonly folder: string;
  readonly name: string;
}

/** The comparisons below the folders that the studio was given; names in addresses are looked up here and nowhere else. */
export class Catalogue {
  #found: readonly FoundComparison[] = [];
  #refused: readonly string[] = [];
  #scannedAt = Number.NEGATIVE_INFINITY;
  #scanning: Promise<void> | undefined;

  private constructor(readonly roots: readonly Root[]) {}

  /** @throws UserError where one is no folder */
  static async open(folders: readonly string[]): Promise<Catalogue> {
    const real = await Promise.all(folders.map(rootFolder));
    const distinct = [...new Set(real)];
    const names = rootNames(distinct);
    return new Catalogue(distinct.map((folder, i) => ({ folder, name: names[i] ?? folder })));
  }

  /** All comparisons, as they were at most five seconds ago. */
  async comparisons(): Promise<readonly FoundComparison[]> {
    if (performance.now() - this.#scannedAt > RESCAN) await this.#scan();
    return this.#found;
  }

  /** Links out of the roots, which were not followed. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /** The folder of a comparison; `undefined` where no comparison has this name, or its folder has become a link out of the root. */
  async folderOf(id: string): Promise<string | undefined> {
    const known = () => this.#found.find((comparison) => comparison.id === id);
    if (known() === undefined) await this.#scan();
    const folder = known()?.folder;
    if (folder === undefined) return undefined;
    const within = await Promise.all(this.roots.map((root) => isBelow(root.folder, folder)));
    return within.includes(true) ? folder : undefined;
  }

  async #scan(): Promise<void> {
    this.#scanning ??= this.#scanNow().finally(() => {
      this.#scanning = undefined;
    });
    await this.#scanning;
  }

  async #scanNow(): Promise<void> {
    const scans = await Promise.all(this.roots.map(({ folder, name }) => scan(folder, name)));
    this.#found = scans.flatMap(({ found }) => found);
    this.#refused = scans.flatMap(({ refused }) => refused);
    this.#scannedAt = performance.now();
  }
}

async function rootFolder(path: string): Promise<string> {
  const folder = await realpath(path).catch(() => undefined);
  if (folder !== undefined && (await stat(folder)).isDirectory()) return folder;
  throw new UserError(
    `"${path}" is no folder. Name the folders in which comparisons were left, such as "runs".`,
  );
}
