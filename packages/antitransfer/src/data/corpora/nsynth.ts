import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, UserError } from '../../errors.js';
import { type NoSettings, noSettings } from '../../registry.js';
import { LeftOutTally } from '../account/account.js';
import type { Clip } from '../clip.js';
import { type CorpusDefinition, notThisCorpus } from './definition.js';
import { inventoryOf } from './inventory.js';
import { addLeftOut, listCounted } from './left-out.js';
import { kindOfPath } from './list-files.js';
import { folderWith, missingPart } from './parts.js';

/** The folders that its three archives unpack to, and what other corpora's lists call them. */
const lists = {
  'nsynth-train': 'training',
  'nsynth-valid': 'validation',
  'nsynth-test': 'testing',
} as const;

/** What is read of a note; its other fields say the same by numbers. */
const note = z.object({
  instrument_str: z.string(),
  instrument_family_str: z.string(),
  instrument_source_str: z.string(),
  pitch: z.int(),
  velocity: z.int(),
});

const examples = z.record(z.string(), note);

/** NSynth (Engel et al., arXiv 1704.01279): four-second notes of 1,006 instruments in eleven families. */
export const nsynth: CorpusDefinition<'nsynth', NoSettings> = {
  name: 'nsynth',
  description: 'NSynth: four-second notes of 1,006 instruments in eleven families, 16 kHz.',
  columns: ['family', 'source', 'instrument', 'pitch', 'velocity', 'list'],
  source: { url: 'https://magenta.tensorflow.org/datasets/nsynth', licence: 'CC BY 4.0' },
  settings: noSettings,
  published: { seconds: 6, columns: { family: { training: { epochs: 50, batch: 30, patience: 5 } } } },
  expects:
    'a folder with nsynth-train, nsynth-valid or nsynth-test in it: examples.json and audio/{note}.wav in each',
  async create(_, path) {
    const isOne = async (folder: string) => (await kindOfPath(join(folder, 'examples.json'))) === 'file';
    const isAbove = async (folder: string) =>
      (await Promise.all(Object.keys(lists).map((list) => isOne(join(folder, list))))).includes(true);
    const isHere = async (folder: string) => (await isOne(folder)) || isAbove(folder);
    const root = await folderWith(nsynth, path, ['nsynth'], 'examples.json of a part', isHere);
    const leftOut = new LeftOutTally();
    const clips: Clip[] = [];
    for (const [folder, list] of await listsIn(root, isOne)) {
      clips.push(...(await listClips(root, folder, list, leftOut)));
    }
    if (clips.length === 0) throw notThisCorpus(nsynth, path, 'its lists are empty');
    clips.sort((a, b) => (a.id < b.id ? -1 : 1));
    return { name: nsynth.name, clips, inventory: inventoryOf('files', clips, leftOut) };
  },
};

/** Folders below the root, and their lists; of one archive's folder that folder, empty. */
async function listsIn(
  root: string,
  isOne: (folder: string) => Promise<boolean>,
): Promise<(readonly [string, string])[]> {
  if (await isOne(root)) {
    const own = Object.entries(lists).find(([folder]) => root.endsWith(folder));
    return [['', own?.[1] ?? 'training']];
  }
  const there: (readonly [string, string])[] = [];
  for (const [folder, list] of Object.entries(lists)) {
    if ((await kindOfPath(join(root, folder))) !== 'folder') continue;
    if (!(await isOne(join(root, folder)))) throw missingPart(root, `${folder}/examples.json`, 'Unpack it.');
    there.push([folder, list]);
  }
  return there;
}

async function listClips(root: string, folder: string, list: string, leftOut: LeftOutTally): Promise<Clip[]> {
  const audio = folder === '' ? 'audio' : `${folder}/audio`;
  if ((await kindOfPath(join(root, audio))) !== 'folder') {
    throw missingPart(root, `${audio}/`, 'Unpack its archive again.');
  }
  const notes = await readExamples(join(root, folder, 'examples.json'));
  for (const file of await listCounted(join(root, audio), leftOut, `${audio}/`)) {
    if (!Object.hasOwn(notes, file.replace(/\.wav$/, ''))) addLeftOut(leftOut, `${audio}/${file}`, root);
  }
  return Object.entries(notes).map(([name, known]) => {
    const id = `${audio}/${name}.wav`;
    return {
      id,
      path: join(root, id),
      labels: {
        family: known.instrument_family_str,
        source: known.instrument_source_str,
        instrument: known.instrument_str,
        pitch: String(known.pitch),
        velocity: String(known.velocity),
        list,
      },
    };
  });
}

async function readExamples(path: string): Promise<z.infer<typeof examples>> {
  try {
    return examples.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).split('\n')[0] : messageOf(error);
    throw new UserError(`"${path}" is no list of NSynth's notes: ${why}. Unpack its archive again.`, {
      cause: error,
    });
  }
}
