import { open } from 'node:fs/promises';
import { paths } from '../../runs/folder/paths.js';
import { plainText } from '../markup.js';

/** Where a report's title ends at the latest, bytes. */
const HEAD = 4096;

/**
 * The verdict as the report in a comparison's folder has it, from its title: whoever lists many comparisons need not read the
 * results of all of them. Of a comparison under way it is that of the repetitions so far.
 *
 * @param name the comparison's, which stands before the verdict
 * @returns undefined where there is no report, or one of another comparison
 */
export async function reportedVerdict(folder: string, name: string): Promise<string | undefined> {
  const file = await open(paths.report(folder)).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const [, title] = /<title>(.*?)<\/title>/s.exec(buffer.toString('utf8', 0, bytesRead)) ?? [];
    const text = title === undefined ? '' : plainText(title);
    return text.startsWith(`${name}: `) ? text.slice(name.length + 2) : undefined;
  } finally {
    await file.close();
  }
}
