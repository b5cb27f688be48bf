import { UserError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { Checksum } from './checksum.js';

/** A file that a publisher offers. */
export interface Archive {
  /** What it holds, as the publisher calls it. */
  readonly part: string;
  readonly url: string;
  readonly format: 'tar.gz' | 'zip';
  /** Exactly; undefined where only the server says it. */
  readonly bytes?: number;
  /** Roughly, where neither this list nor the server says it. */
  readonly about?: number;
  readonly checksum?: Checksum;
  /** What is there today may be another file tomorrow: the head of a branch. */
  readonly moves?: true;
  /** Bytes that it unpacks to, roughly, over its own. */
  readonly grows: number;
  /** Folders around everything in it that are taken off. */
  readonly strip: number;
  /** What is in the corpus's folder once it is unpacked, and was not before. */
  readonly gives: string;
  /** The corpus's folder, where none is named. */
  readonly folder: string;
}

/** A corpus that anybody may fetch. */
export interface FreeCorpus {
  readonly corpus: string;
  readonly licence: string;
  readonly page: string;
  readonly archives: readonly [Archive, ...Archive[]];
  /** The parts that are fetched where none is named. */
  readonly usual: readonly string[];
}

/** A corpus that its publisher gives to those who ask. */
export interface CorpusOnRequest {
  readonly corpus: string;
  /** What to do, a sentence each. */
  readonly steps: readonly string[];
}

type SpeechCommands = readonly [part: string, bytes: number, sha256: string];

// Sizes as the server says them, digests as torchaudio and TensorFlow Datasets have them: the publisher gives none.
const speechCommands: readonly SpeechCommands[] = [
  ['v0.01', 1_489_096_277, '743935421bb51cccdb6bdd152e04c5c70274e935c82119ad7faeec31780d811d'],
  ['v0.02', 2_428_923_189, 'af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58'],
];

type LibriSpeechPart = readonly [part: string, bytes: number, md5: string];

// Sizes as the server says them, digests from the publisher's md5sum.txt.
const librispeech: readonly LibriSpeechPart[] = [
  ['train-clean-100', 6_387_309_499, '2a93770f6d5c6c964bc36631d331a522'],
  ['train-clean-360', 23_049_477_885, 'c0e676e450a7ff2f54aeade5171606fa'],
  ['train-other-500', 30_593_501_606, 'd1a0fd59409feb2c614ce4d30c387708'],
  ['dev-clean', 337_926_286, '42e2234ba48799c1f50f24a7926300a1'],
  ['dev-other', 314_305_928, 'c8d0bcc9cca99d4f8b62fcc847357931'],
  ['test-clean', 346_663_984, '32fa31d27d2e1cad72775fee3f4849a9'],
  ['test-other', 328_757_843, 'fb5a50374b501bb3bac4815ee91d3135'],
];

const free: readonly FreeCorpus[] = [
  {
    corpus: 'fsdd',
    licence: 'CC BY-SA 4.0',
    page: 'https://github.com/Jakobovski/free-spoken-digit-dataset',
    usual: ['v1.0.10'],
    archives: [
      {
        part: 'v1.0.10',
        url: 'https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip',
        format: 'zip',
        about: 20e6,
        grows: 1.5,
        strip: 1,
        gives: 'recordings',
        folder: 'fsdd',
      },
    ],
  },
  {
    corpus: 'emodb',
    licence: 'free to use',
    page: 'http://emodb.bilderbar.info',
    usual: ['all'],
    archives: [
      {
        part: 'all',
        url: 'http://emodb.bilderbar.info/download/download.zip',
        format: 'zip',
        about: 40e6,
        grows: 1.5,
        strip: 0,
        gives: 'wav',
        folder: 'emodb',
      },
    ],
  },
  {
    corpus: 'speech-commands',
    licence: 'CC BY 4.0',
    page: 'https://arxiv.org/abs/1804.03209',
    usual: ['v0.02'],
    archives: archivesOf(speechCommands, ([part, bytes, digest]) => ({
      part,
      url: `https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_${part}.tar.gz`,
      format: 'tar.gz',
      bytes,
      checksum: { algorithm: 'sha256', digest },
      grows: 1.7,
      strip: 0,
      gives: '_background_noise_',
      // Both versions have the same words.
      folder: `speech-commands-${part}`,
    })),
  },
  {
    corpus: 'librispeech',
    licence: 'CC BY 4.0',
    page: 'https://www.openslr.org/12',
    usual: ['train-clean-100'],
    archives: archivesOf(librispeech, ([part, bytes, digest]) => ({
      part,
      url: `https://www.openslr.org/resources/12/${part}.tar.gz`,
      format: 'tar.gz',
      bytes,
      checksum: { algorithm: 'md5', digest },
      // FLAC packs no further.
      grows: 1.05,
      strip: 0,
      gives: `LibriSpeech/${part}`,
      folder: 'librispeech',
    })),
  },
  {
    corpus: 'nsynth',
    licence: 'CC BY 4.0',
    page: 'https://magenta.tensorflow.org/datasets/nsynth',
    usual: ['train', 'valid', 'test'],
    archives: archivesOf(['train', 'valid', 'test'], (part) => ({
      part,
      url: `http://download.magenta.tensorflow.org/datasets/nsynth/nsynth-${part}.jsonwav.tar.gz`,
      format: 'tar.gz',
      grows: 1.7,
      strip: 0,
      gives: `nsynth-${part}`,
      folder: 'nsynth',
    })),
  },
  {
    corpus: 'good-sounds',
    licence: 'CC BY-SA 4.0',
    page: 'https://zenodo.org/records/820937',
    usual: ['all'],
    archives: [
      {
        part: 'all',
        url: 'https://zenodo.org/record/820937/files/good-sounds.zip?download=1',
        format: 'zip',
        // As its page gives it.
        checksum: { algorithm: 'md5', digest: '2137bbb2d32c1d60aa51e1301225f541' },
        grows: 1.5,
        strip: 0,
        gives: 'good-sounds',
        folder: 'good-sounds',
      },
    ],
  },
  {
    corpus: 'ms-snsd',
    licence: 'MIT; its recordings have licences of their own',
    page: 'https://github.com/microsoft/MS-SNSD',
    usual: ['all'],
    archives: [
      {
        part: 'all',
        url: 'https://github.com/microsoft/MS-SNSD/archive/refs/heads/master.zip',
        format: 'zip',
        // A commit whose tree is known for certain to hold all of it would be better; none is.
        moves: true,
        about: 4e9,
        grows: 1.5,
        strip: 1,
        gives: 'noise_train',
        folder: 'ms-snsd',
      },
    ],
  },
];

const onRequest: readonly CorpusOnRequest[] = [
  {
    corpus: 'iemocap',
    steps: [
      'IEMOCAP is given on request, to researchers, for nothing: fill in the release form at https://sail.usc.edu/iemocap/iemocap_release.htm.',
      'The University of Southern California then writes where it can be fetched (about 12 GB, with videos, which are not needed).',
      'Unpack it to a folder IEMOCAP_full_release and give its path: data: { corpus: iemocap, path: IEMOCAP_full_release }.',
    ],
  },
];

/** All names of {@link findCorpus}. */
export const fetchable: readonly string[] = [...free, ...onRequest].map(({ corpus }) => corpus);

/** A corpus that anybody may fetch; undefined of any other. */
export function findFree(name: string): FreeCorpus | undefined {
  return free.find(({ corpus }) => corpus === name);
}

/** Whether a corpus is given to those who ask. */
export function isOnRequest(name: string): boolean {
  return onRequest.some(({ corpus }) => corpus === name);
}

/**
 * How a corpus is obtained.
 *
 * @throws UserError that lists the names, and says which is nearest
 */
export function findCorpus(name: string): FreeCorpus | CorpusOnRequest {
  const found = [...free, ...onRequest].find(({ corpus }) => corpus === name);
  if (found !== undefined) return found;
  throw new UserError(
    `There is no corpus "${name}" to be fetched; there are ${fetchable.join(', ')}.${nearest(name, fetchable)}`,
  );
}

/**
 * The archives of some parts; all of one folder.
 *
 * @param parts left out: the usual ones
 * @throws UserError when there is no such part, or two are other versions of each other
 */
export function archivesFor(
  { corpus, archives, usual }: FreeCorpus,
  parts: readonly string[] = usual,
): Archive[] {
  const known = archives.map(({ part }) => part);
  const chosen = parts.map((part) => {
    const found = archives.find((archive) => archive.part === part);
    if (found !== undefined) return found;
    throw new UserError(
      `${corpus} has no part "${part}"; there are ${known.join(', ')}.${nearest(part, known)}`,
    );
  });
  if (new Set(chosen.map(({ folder }) => folder)).size > 1) {
    throw new UserError(
      `${parts.join(' and ')} are versions of one corpus, whose files have the same names. Fetch one of them at a time.`,
    );
  }
  return chosen;
}

function archivesOf<Row>(rows: readonly Row[], archive: (row: Row) => Archive): [Archive, ...Archive[]] {
  const [first, ...others] = rows.map(archive);
  if (first === undefined) throw new RangeError('A corpus has an archive.');
  return [first, ...others];
}
