import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { LeftOutTally } from '../account/account.js';
import type { Clip } from '../clip.js';
import { type CorpusDefinition, notThisCorpus } from './definition.js';
import { inventoryOf } from './inventory.js';
import { addLeftOut, listCounted } from './left-out.js';
import { parseSpeakers } from './librispeech/speakers.js';
import { mostFrequent, readAlignments } from './librispeech/words.js';
import { kindOfPath } from './list-files.js';
import { folderWith, missingPart } from './parts.js';
import { transcriptsSetting } from './transcripts-setting.js';

const SUBSET = /^(train|dev|test)-(clean|other)(-\d+)?$/;

/** Speaker, chapter, utterance. Some have the recordings as WAV. */
const RECORDING = /^(\d+)\/(\d+)\/(\1-\2-\d{4})\.(?:flac|wav)$/;

/** What lies beside recordings and is none. */
const ACCOMPANYING = /\.(trans\.txt|alignment\.txt|TextGrid|ctm)$/;

const librispeechSettings = z.strictObject({
  subsets: z
    .array(z.string().regex(SUBSET, 'a subset is called train-clean-100, dev-clean, test-other …'))
    .min(1)
    .optional()
    .describe(
      'librispeech only: the subsets that are used, each of which must be there; left out: all that are',
    ),
  words: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'librispeech only: clips are words, cut out by `alignments`, of so many that are said most often (the paper: 1000), with the label column `word`; null: whole utterances',
    ),
  alignments: z
    .string()
    .optional()
    .describe(
      'librispeech only: the folder of alignments for `words` (*.alignment.txt, *.TextGrid or *.ctm); left out: they lie in the corpus',
    ),
  transcripts: transcriptsSetting,
});

/** LibriSpeech (Panayotov et al., ICASSP 2015): read English. Speakers are in SPEAKERS.TXT. */
export const librispeech: CorpusDefinition<'librispeech', typeof librispeechSettings> = {
  name: 'librispeech',
  description:
    'LibriSpeech: books read in English by 2,484 people, 16 kHz; whole utterances, or words by alignments.',
  columns: ['speaker', 'gender', 'subset', 'chapter'],
  optionalColumns: ['word', 'transcript'],
  source: { url: 'https://www.openslr.org/12', licence: 'CC BY 4.0' },
  settings: librispeechSettings,
  published: {
    seconds: 4,
    columns: {
      word: {
        settings: { subsets: ['train-clean-100'], words: 1000 },
        training: { epochs: 50, batch: 40, patience: 5 },
      },
    },
  },
  expects:
    'the folder LibriSpeech with SPEAKERS.TXT and subsets in it: {subset}/{speaker}/{chapter}/{speaker}-{chapter}-{number}.flac',
  async create({ subsets: wanted, words, alignments, transcripts }, path) {
    const isOne = async (folder: string) => (await kindOfPath(join(folder, 'SPEAKERS.TXT'))) === 'file';
    const root = await folderWith(librispeech, path, ['LibriSpeech'], 'SPEAKERS.TXT', isOne);
    const subsets = wanted ?? (await subsetsIn(root));
    const leftOut = new LeftOutTally();
    const utterances: Utterance[] = [];
    for (const subset of subsets) utterances.push(...(await utterancesOf(root, subset, leftOut)));
    if (utterances.length === 0) throw notThisCorpus(librispeech, path, 'there is no recording in it');
    const said = transcripts ? await readTranscripts(root, utterances) : undefined;
    const whole = utterances.map(({ clip, name }): Utterance => {
      const transcript = said?.get(name);
      const labels = transcript === undefined ? clip.labels : { ...clip.labels, transcript };
      return { name, clip: { ...clip, labels } };
    });
    const folder = alignments === undefined ? root : resolve(alignments);
    const clips =
      words === null
        ? whole.map(({ clip }) => clip)
        : await wordClips(whole, words, folder, subsets, leftOut);
    clips.sort((a, b) => (a.id < b.id ? -1 : 1));
    const unit = words === null ? 'files' : 'rows';
    return { name: librispeech.name, clips, inventory: inventoryOf(unit, clips, leftOut) };
  },
};

interface Utterance {
  /** Speaker, chapter and number: `84-121123-0000`. */
  readonly name: string;
  readonly clip: Clip;
}

async function subsetsIn(root: string): Promise<string[]> {
  return (await readdir(root)).filter((name) => SUBSET.test(name)).sort();
}

async function utterancesOf(root: string, subset: string, leftOut: LeftOutTally): Promise<Utterance[]> {
  if ((await kindOfPath(join(root, subset))) !== 'folder') {
    const there = (await subsetsIn(root)).join(', ') || 'none';
    throw missingPart(
      root,
      `${subset}/`,
      `There are: ${there}. Unpack it ("antitransfer data fetch librispeech").`,
    );
  }
  const table = join(root, 'SPEAKERS.TXT');
  const speakers = parseSpeakers(table, await readFile(table, 'utf8'));
  const utterances: Utterance[] = [];
  for (const file of await listCounted(join(root, subset), leftOut, `${subset}/`)) {
    const id = `${subset}/${file}`;
    const [, speaker, chapter, name] = RECORDING.exec(file) ?? [];
    if (!speaker || !chapter || !name) {
      if (!ACCOMPANYING.test(file)) addLeftOut(leftOut, id, root);
      continue;
    }
    const known = speakers.get(speaker);
    if (known === undefined) {
      throw new UserError(
        `Speaker ${speaker} of "${join(root, id)}" is missing in "${table}". Unpack that file again.`,
      );
    }
    const labels = { speaker, gender: known.gender, subset, chapter };
    utterances.push({ name, clip: { id, path: join(root, id), labels } });
  }
  return utterances;
}

/** What is said in each utterance: a line an utterance, its name first, a file a chapter. */
async function readTranscripts(root: string, utterances: readonly Utterance[]): Promise<Map<string, string>> {
  const chapters = new Set(
    utterances.map(
      ({ clip: { id }, name }) => `${id.slice(0, id.lastIndexOf('/'))}/${name.slice(0, -5)}.trans.txt`,
    ),
  );
  const said = new Map<string, string>();
  for (const chapter of chapters) {
    if ((await kindOfPath(join(root, chapter))) !== 'file') {
      throw missingPart(root, chapter, 'Unpack its subset again, or do without: data.transcripts: false.');
    }
    for (const line of (await readFile(join(root, chapter), 'utf8')).split(/\r?\n/)) {
      const space = line.indexOf(' ');
      if (space > 0) said.set(line.slice(0, space), line.slice(space + 1).trim());
    }
  }
  return said;
}

/** Every frequent word of the utterances as a clip; utterances that no alignment tells of are counted. */
async function wordClips(
  utterances: readonly Utterance[],
  count: number,
  folder: string,
  subsets: readonly string[],
  leftOut: LeftOutTally,
): Promise<Clip[]> {
  const alignments = await readAlignments(folder, subsets);
  const aligned = utterances.flatMap(({ name, clip }) => {
    const words = alignments.get(name);
    if (words !== undefined) return [{ clip, words }];
    leftOut.add('unlabelled', 'alignment', clip.id);
    return [];
  });
  const frequent = mostFrequent(
    aligned.map(({ words }) => words),
    count,
  );
  return aligned.flatMap(({ clip, words }) =>
    words.flatMap(({ word, start, duration }) => {
      const id = `${clip.id}#${start}`;
      if (!frequent.has(word)) {
        leftOut.add('label', 'rarer words', `${id} ${word}`);
        return [];
      }
      return [{ ...clip, id, start, duration, labels: { ...clip.labels, word } }];
    }),
  );
}
