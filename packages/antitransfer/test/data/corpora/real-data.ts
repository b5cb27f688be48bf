import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the real recordings are: the environment variable ANTITRANSFER_DATA, or `shared/data` beside the repository. */
const dataFolder =
  process.env.ANTITRANSFER_DATA ?? join(import.meta.dirname, '../../../../../../shared/data');

/** A folder of real recordings; `absent` says that tests must be skipped, and has then said so on the console. */
export function realData(name: string): { path: string; absent: boolean } {
  const path = join(dataFolder, name);
  const absent = !existsSync(path);
  if (absent)
    console.warn(
      `SKIPPED: tests on real recordings, because "${path}" does not exist. Set ANTITRANSFER_DATA.`,
    );
  return { path, absent };
}
