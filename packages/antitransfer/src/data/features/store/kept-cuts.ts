import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shortDigest } from '../../../files/digest.js';
import { isAbsent, namingFile } from '../../../files/file-error.js';
import { absentIfDamaged, readJson, writeJson } from '../../../files/json-file.js';
import type { Cut, CutRules } from '../../segments/cut.js';
import { concurrently } from './concurrently.js';

/** Ends the name of a file of cuts. */
export const cutsSuffix = '.cuts';

/** Files being read at the same time. */
const CONCURRENCY = 8;

const count = z.int().nonnegative();

/** How clips are cut into windows, by what they sound like: never changed once it is written. */
const cutsFile = z.strictObject({
  version: z.literal(1),
  /** Names what the windows are made by, besides what is in the name of the features' settings. */
  rules: z.string(),
  cuts: z.array(z.strictObject({ key: z.string(), length: count, leftOut: z.array(count) })),
});

/**
 * How clips are cut, kept beside their features: whoever adds them again, or goes on where a process was killed, does not
 * listen to them again.
 */
export class KeptCuts {
  private constructor(
    readonly folder: string,
    readonly rules: string,
    private readonly cuts: ReadonlyMap<string, Cut>,
  ) {}

  /** @throws FileError when the folder cannot be read */
  static async open(folder: string, rules: CutRules): Promise<KeptCuts> {
    const name = nameOf(rules);
    const cuts = new Map<string, Cut>();
    await concurrently(await cutsPaths(folder), CONCURRENCY, async (path) => {
      const file = await readJson(path, cutsFile).catch(absentIfDamaged);
      if (file?.rules !== name) return;
      for (const { key, length, leftOut } of file.cuts) cuts.set(key, { length, leftOut });
    });
    return new KeptCuts(folder, name, cuts);
  }

  /** @param key of the clip without its noise */
  of(key: string | undefined): Cut | undefined {
    return key === undefined ? undefined : this.cuts.get(key);
  }

  /** Keeps cuts that were not kept. @throws FileError when they cannot be written */
  async keep(cuts: ReadonlyMap<string, Cut>): Promise<void> {
    if (cuts.size === 0) return;
    const name = shortDigest(JSON.stringify([this.rules, ...cuts.keys()]));
    await writeJson(join(this.folder, `${name}${cutsSuffix}`), {
      version: 1,
      rules: this.rules,
      cuts: [...cuts].map(([key, { length, leftOut }]) => ({ key, length, leftOut: [...leftOut] })),
    } satisfies z.infer<typeof cutsFile>);
  }
}

/** Paths of the files of cuts in a folder; none when it does not exist. @throws FileError when it cannot be read */
export async function cutsPaths(folder: string): Promise<string[]> {
  const names = await namingFile(folder, 'read', () =>
    readdir(folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    }),
  );
  return names.filter((name) => name.endsWith(cutsSuffix)).map((name) => join(folder, name));
}

function nameOf({ lengths: { segment, hop, minimum }, settings: { minimumPeak } }: CutRules): string {
  return shortDigest(JSON.stringify([segment, hop, minimum, minimumPeak]));
}
