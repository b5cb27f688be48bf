import { join } from 'node:path';
import { z } from 'zod';
import type { CorpusDefinition } from './definition.js';
import { isAudioName, kindOfPath } from './list-files.js';
import { loadNamedFiles } from './named-files.js';
import { noiseType } from './noisy-clips.js';
import { folderWith, missingPart } from './parts.js';

/** Which folder holds which sound of which list. */
const folders = {
  noise: { noise_train: 'training', noise_test: 'testing' },
  clean: { clean_train: 'training', clean_test: 'testing' },
  noisy: { NoisySpeech_training: 'training', NoisySpeech_testing: 'testing' },
} as const;

const recordings = ['noise', 'clean', 'noisy'] as const;

/** `noisy3_SNRdb_20.0_clnsp7.wav`, as the corpus's own mixer writes. */
const MIXED = /^noisy\d+_SNRdb_(-?\d+(?:\.\d+)?)_(clnsp\d+)\.wav$/i;

/** One noise is called otherwise in the folder of the test. */
const sameNoise: Readonly<Record<string, string>> = { Neighbor: 'NeighborSpeaking' };

const msSnsdSettings = z.strictObject({
  recordings: z
    .enum(recordings)
    .default('noise')
    .describe(
      'ms-snsd only: the noises (column `noise`), the clean speech (`speaker`; mix noises into it with `noise` and `snr`), or the mixtures that its own program wrote (`snr`, `speech`)',
    ),
});

/** Microsoft Scalable Noisy Speech Dataset (Reddy et al., arXiv 1909.08050). */
export const msSnsd: CorpusDefinition<'ms-snsd', typeof msSnsdSettings> = {
  name: 'ms-snsd',
  description: 'Microsoft Scalable Noisy Speech Dataset: noises by type, and clean speech to mix them into.',
  columns: 'any',
  source: {
    url: 'https://github.com/microsoft/MS-SNSD',
    licence: 'MIT; its recordings have licences of their own',
  },
  settings: msSnsdSettings,
  published: {
    seconds: 1,
    columns: { noise: { mixed: { recordings: 'clean', snr: [20, 25, 30, 35, 40] } } },
  },
  expects:
    'a folder with noise_train and clean_train in it, with files named {Type}_{number}.wav in the first',
  async create({ recordings: wanted }, path) {
    const root = await folderWith(
      msSnsd,
      path,
      ['MS-SNSD', 'MS-SNSD-master'],
      'noise_train',
      async (folder) => (await kindOfPath(join(folder, 'noise_train'))) === 'folder',
    );
    const listOf: Readonly<Record<string, string>> = folders[wanted];
    const kinds = await Promise.all(Object.keys(listOf).map((folder) => kindOfPath(join(root, folder))));
    if (!kinds.includes('folder')) {
      throw missingPart(
        root,
        `${Object.keys(listOf)[0]}/`,
        'Unpack it, or read others of its recordings: data.recordings.',
      );
    }
    return loadNamedFiles(msSnsd, root, {
      // Its other sounds, its program and its licences.
      accompanying: (file) => listOf[file.split('/')[0] ?? ''] === undefined,
      labels(file) {
        const [folder = '', name = '', ...deeper] = file.split('/');
        const list = listOf[folder];
        if (list === undefined || deeper.length > 0 || !isAudioName(name)) return undefined;
        const labels = labelsOf[wanted](name);
        return labels && { ...labels, list };
      },
    });
  },
};

const labelsOf: Readonly<
  Record<(typeof recordings)[number], (name: string) => Record<string, string> | undefined>
> = {
  noise(name) {
    const type = noiseType({ name: name.replace(/\.[^.]+$/, '') });
    return { noise: sameNoise[type] ?? type };
  },
  clean(name) {
    const [, speaker] = /^(p\d+)_\d+\.wav$/i.exec(name) ?? [];
    return speaker === undefined ? {} : { speaker };
  },
  noisy(name) {
    const [, snr, speech] = MIXED.exec(name) ?? [];
    return snr && speech ? { snr: String(Number(snr)), speech } : undefined;
  },
};
