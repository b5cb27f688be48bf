import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../../../errors.js';
import { kindOfPath, listFiles } from '../list-files.js';
import { type AlignedWord, type Alignments, parseCondensed, parseCtm, parseTextGrid } from './alignments.js';

/**
 * The words of all utterances below a folder of alignments, in any of their three forms, which files tell by their names:
 * `*.alignment.txt`, `*.TextGrid`, `*.ctm`.
 *
 * @param subsets whose alignments are wanted; files in none of the corpus's subsets are read, too
 * @throws UserError when there are none, or one cannot be read
 */
export async function readAlignments(folder: string, subsets: readonly string[]): Promise<Alignments> {
  if ((await kindOfPath(folder)) !== 'folder') {
    throw new UserError(`There is no folder of alignments "${folder}". Check data.alignments.`);
  }
  const alignments: Alignments = new Map();
  for (const file of await listFiles(folder)) {
    if (isOfAnother(file, subsets)) continue;
    const path = join(folder, file);
    if (file.endsWith('.alignment.txt')) add(alignments, parseCondensed(path, await readFile(path, 'utf8')));
    else if (file.endsWith('.ctm')) add(alignments, parseCtm(path, await readFile(path, 'utf8')));
    else if (file.endsWith('.TextGrid')) {
      alignments.set(basename(file, '.TextGrid'), parseTextGrid(path, await readFile(path, 'utf8')));
    }
  }
  if (alignments.size === 0) {
    throw new UserError(
      `There are no alignments in "${folder}": no *.alignment.txt, *.TextGrid or *.ctm${subsets.length > 0 ? ` of ${subsets.join(', ')}` : ''}. ` +
        'Get them (docs/data.md says where) and name their folder with data.alignments, or unpack them into the corpus.',
    );
  }
  return alignments;
}

function add(all: Alignments, some: Alignments): void {
  for (const [utterance, words] of some) all.set(utterance, words);
}

function isOfAnother(file: string, subsets: readonly string[]): boolean {
  const named = file
    .split('/')
    .flatMap((part) => /^(train|dev|test)-(clean|other)(-\d+)?/.exec(part)?.[0] ?? []);
  const [subset] = named;
  return subset !== undefined && !subsets.includes(subset);
}

/** The words that are said most often, at most `count`; of equally frequent ones the first by the alphabet. */
export function mostFrequent(words: Iterable<readonly AlignedWord[]>, count: number): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const spoken of words) for (const { word } of spoken) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Set(sorted.slice(0, count).map(([word]) => word));
}
