import { join } from 'node:path';
import { z } from 'zod';
import { LeftOutTally } from '../account/account.js';
import type { Clip } from '../clip.js';
import { type CorpusDefinition, notThisCorpus } from './definition.js';
import { readTakes, type Take } from './good-sounds/database.js';
import { inventoryOf } from './inventory.js';
import { kindOfPath } from './list-files.js';
import { folderWith, missingPart } from './parts.js';

const goodSoundsSettings = z.strictObject({
  exercises: z
    .enum(['notes', 'all'])
    .default('notes')
    .describe(
      "good-sounds only: single notes of one of the paper's five classes, or everything, scales too, where `goodness` is empty for other classes",
    ),
  microphones: z
    .enum(['one', 'all'])
    .default('one')
    .describe(
      'good-sounds only: one recording of each sound, by the first of its microphones, or those of all microphones, kept on one side',
    ),
});

/** Good-Sounds (Romani Picas et al., AES Convention 138, 2015): notes that are played well, and badly in four ways. */
export const goodSounds: CorpusDefinition<'good-sounds', typeof goodSoundsSettings> = {
  name: 'good-sounds',
  description:
    'Good-Sounds: single notes and scales of twelve instruments, played well and badly on purpose.',
  columns: ['goodness', 'instrument', 'klass', 'pack', 'microphone', 'sound'],
  optionalColumns: ['note', 'octave', 'dynamics', 'player'],
  source: { url: 'https://zenodo.org/records/820937', licence: 'CC BY-SA 4.0' },
  settings: goodSoundsSettings,
  published: { seconds: 6, columns: { goodness: { labels: { balance: 'rarest' } }, instrument: {} } },
  expects: 'a folder with database.sqlite and sound_files/{pack}/{microphone}/{number}.wav in it',
  async create({ exercises, microphones }, path) {
    const isOne = async (folder: string) => (await kindOfPath(join(folder, 'database.sqlite'))) === 'file';
    const root = await folderWith(goodSounds, path, ['good-sounds'], 'database.sqlite', isOne);
    if ((await kindOfPath(join(root, 'sound_files'))) !== 'folder') {
      throw missingPart(root, 'sound_files/', 'Unpack it.');
    }
    const takes = await readTakes(join(root, 'database.sqlite'));
    const leftOut = new LeftOutTally();
    const heard = new Set<string>();
    const clips = takes.flatMap((take): Clip[] => {
      const goodness = goodnessOf(take.klass);
      if (exercises === 'notes' && goodness === undefined) {
        leftOut.add(
          'label',
          `klass ${isScale(take.klass) ? 'of a scale' : 'of no single class'}`,
          take.filename,
        );
        return [];
      }
      if (microphones === 'one' && heard.has(take.sound)) {
        leftOut.add('label', 'a further microphone', take.filename);
        return [];
      }
      heard.add(take.sound);
      return [{ id: take.filename, path: join(root, take.filename), labels: labelsOf(take, goodness) }];
    });
    if (clips.length === 0) throw notThisCorpus(goodSounds, path, 'its database has no such take');
    clips.sort((a, b) => (a.id < b.id ? -1 : 1));
    // One performance by several microphones is one recording.
    const group = microphones === 'all' ? { group: 'sound' } : {};
    return { name: goodSounds.name, clips, inventory: inventoryOf('rows', clips, leftOut), ...group };
  },
};

function isScale(klass: string): boolean {
  return klass.includes('scale');
}

/**
 * The paper's class of a single note, by the rule of its released code: whatever is out of tune is `bad-pitch`, as there is
 * little of it, with other tags too; of the others only sounds with one tag, poor timbre and poor richness being one class.
 */
function goodnessOf(klass: string): string | undefined {
  if (isScale(klass)) return undefined;
  if (klass.includes('bad-pitch')) return 'bad-pitch';
  if (klass.includes(' ') || klass.split('bad').length > 2) return undefined;
  if (klass.includes('bad-timbre') || klass.includes('bad-richness')) return 'bad-timbre';
  return ['bad-attack', 'bad-dynamics', 'good-sound'].find((one) => klass.includes(one));
}

function labelsOf(take: Take, goodness: string | undefined): Record<string, string> {
  const { instrument, klass, pack, microphone, sound, note, octave, dynamics, player } = take;
  const optional = Object.entries({ note, octave, dynamics, player });
  return {
    ...(goodness !== undefined && { goodness }),
    instrument,
    klass,
    pack,
    microphone,
    sound,
    ...Object.fromEntries(optional.flatMap(([column, label]) => (label ? [[column, label]] : []))),
  };
}
