import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Random } from 'onnx-autograd';
import initSqlJs from 'sql.js';
import { encodeWav } from '../../../src/data/audio/wav.js';

/**
 * The paper's corpora in miniature: their own folders, names and tables, with what is odd about each, and recordings of
 * noise, no two alike.
 */

const flac = join(import.meta.dirname, '../../fixtures/audio/tone.flac');

/** Writes a file, and the folders above it. */
export async function writeIn(root: string, file: string, content: string | Uint8Array): Promise<void> {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** A recording of noise, of its own by its name. */
export function recording(name: string, seconds = 1, sampleRate = 16000): Uint8Array {
  const random = new Random(1).fork(name);
  const samples = Float32Array.from({ length: seconds * sampleRate }, () => 0.6 * random.uniform() - 0.3);
  return encodeWav(samples, sampleRate);
}

/** How large a miniature is. */
interface Size {
  /** Recordings of each class. */
  readonly each?: number;
  /** Their length. */
  readonly seconds?: number;
}

const emotions = ['ang', 'exc', 'hap', 'neu', 'sad', 'xxx'] as const;

/** Five sessions of a scripted and an improvised dialog, with both people and every emotion in each. */
export async function writeIemocap(root: string, { each = 1, seconds = 1 }: Size = {}): Promise<void> {
  for (const session of [1, 2, 3, 4, 5]) {
    const folder = `IEMOCAP_full_release/Session${session}`;
    for (const dialog of [`Ses0${session}F_impro01`, `Ses0${session}M_script01_1b`]) {
      const evaluations = ['% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]', ''];
      const said: string[] = [];
      for (let number = 0; number < each * emotions.length; number++) {
        for (const person of ['F', 'M']) {
          const utterance = `${dialog}_${person}${String(number).padStart(3, '0')}`;
          const emotion = emotions[number % emotions.length];
          evaluations.push(
            `[6.2901 - 8.2357]\t${utterance}\t${emotion}\t[2.5000, 3.5000, 1.0000]`,
            'C-E2:\tNeutral;\t()',
            'C-F1:\tNeutral; Sadness;\t(calm, [bored])',
            'A-E3:\tval 3; act 2; dom  2;\t()',
            '',
          );
          said.push(`${utterance} [006.2901-008.2357]: Excuse me ${number}.`, `${person}: [LAUGHTER]`);
          await writeIn(
            root,
            `${folder}/sentences/wav/${dialog}/${utterance}.wav`,
            recording(utterance, seconds),
          );
        }
      }
      said.push(`${dialog}_FXX0 [010.0000-011.0000]: Mm-hmm.`);
      await writeIn(root, `${folder}/dialog/EmoEvaluation/${dialog}.txt`, evaluations.join('\n'));
      await writeIn(root, `${folder}/dialog/EmoEvaluation/._${dialog}.txt`, new Uint8Array([0, 5, 22, 7]));
      await writeIn(root, `${folder}/dialog/EmoEvaluation/Categorical/${dialog}_e2_cat.txt`, '1 2 3\n');
      await writeIn(root, `${folder}/dialog/transcriptions/${dialog}.txt`, said.join('\n'));
      await writeIn(root, `${folder}/dialog/wav/${dialog}.wav`, recording(dialog, seconds));
    }
  }
}

const SPEAKERS = `;
; Some speaker names contain the pipe character.
;ID  |SEX| SUBSET           |MINUTES| NAME
14   | F | train-clean-360  | 25.03 | Kristin LeMoine
60   | M | train-clean-100  | 20.18 | |CBW|Simon
84   | F | dev-clean        | 8.02  | Christie Nowak
103  | F | train-clean-100  | 25.02 | Karen Savage
1034 | M | train-clean-100  | 25.02 | Kevin O'Coin
`;

/** How the words of a miniature are aligned. */
export type AlignmentForm = 'condensed' | 'textgrid' | 'ctm' | 'none';

/** Three speakers of train-clean-100, two utterances each and one that no alignment knows. */
export async function writeLibrispeech(
  root: string,
  form: AlignmentForm = 'condensed',
  { each = 2 }: Size = {},
): Promise<void> {
  await writeIn(root, 'LibriSpeech/SPEAKERS.TXT', SPEAKERS);
  await writeIn(root, 'LibriSpeech/README.TXT', 'LibriSpeech');
  const ctm: string[] = [];
  for (const [speaker, chapter] of [
    ['60', '121082'],
    ['103', '1240'],
    ['1034', '121119'],
  ]) {
    const folder = `LibriSpeech/train-clean-100/${speaker}/${chapter}`;
    const names = Array.from({ length: each + 1 }, (_, number) => `${speaker}-${chapter}-000${number}`);
    for (const name of names) await writeIn(root, `${folder}/${name}.flac`, recording(name, 2));
    const lines = names.map((name) => `${name} GO DO GO`);
    await writeIn(root, `${folder}/${speaker}-${chapter}.trans.txt`, `${lines.join('\n')}\n`);
    const aligned = names.slice(0, each);
    const condensed = aligned.map((name) => `${name} ",GO,,DO,GO," "0.25,0.5,0.75,1.25,1.5,2" `);
    if (form === 'condensed') {
      await writeIn(root, `${folder}/${speaker}-${chapter}.alignment.txt`, `${condensed.join('\n')}\n`);
    }
    for (const name of aligned) {
      if (form === 'textgrid') await writeIn(root, `${folder}/${name}.TextGrid`, textGrid);
      ctm.push(`${name} 1 0.25 0.25 go`, `${name} 1 0.75 0.5 do`, `${name} 1 1.25 0.25 go`);
    }
  }
  if (form === 'ctm') await writeIn(root, 'alignments/train-clean-100.ctm', `${ctm.join('\n')}\n`);
  // One of those without an alignment, which is too short for words.
  await copyFile(flac, join(root, `LibriSpeech/train-clean-100/60/121082/60-121082-000${each}.flac`));
}

/** As the Montreal Forced Aligner writes it: silence is empty or `sp`, and phones are a tier of their own. */
const textGrid = `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0.0
xmax = 2.0
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0.0
        xmax = 2.0
        intervals: size = 6
        intervals [1]:
            xmin = 0.0
            xmax = 0.25
            text = ""
        intervals [2]:
            xmin = 0.25
            xmax = 0.5
            text = "go"
        intervals [3]:
            xmin = 0.5
            xmax = 0.75
            text = "sp"
        intervals [4]:
            xmin = 0.75
            xmax = 1.25
            text = "do"
        intervals [5]:
            xmin = 1.25
            xmax = 1.5
            text = "go"
        intervals [6]:
            xmin = 1.5
            xmax = 2.0
            text = "<unk>"
    item [2]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0.0
        xmax = 2.0
        intervals: size = 1
        intervals [1]:
            xmin = 0.25
            xmax = 0.5
            text = "G"
`;

export const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Words of both versions of Speech Commands, noises, lists, licence; two words that are no digits. */
export async function writeSpeechCommands(root: string, { each = 2 }: Size = {}): Promise<void> {
  for (const word of [...digits, 'bed', 'yes']) {
    for (let speaker = 0; speaker < each; speaker++) {
      const file = `${word}/0a7c2a8${speaker.toString(16)}_nohash_0.wav`;
      await writeIn(root, file, recording(file));
    }
  }
  for (const noise of ['doing_the_dishes', 'pink_noise']) {
    await writeIn(root, `_background_noise_/${noise}.wav`, recording(noise, 2));
  }
  await writeIn(root, '_background_noise_/README.md', 'Noises');
  await writeIn(root, 'validation_list.txt', 'zero/0a7c2a80_nohash_0.wav\n');
  await writeIn(root, 'testing_list.txt', 'zero/0a7c2a81_nohash_0.wav\n');
  await writeIn(root, 'LICENSE', 'CC BY 4.0');
  await writeIn(root, 'README.md', 'Speech Commands');
}

/** As in the corpus's `noise_train`, in their order. */
export const noiseTypes = [
  'AirConditioner',
  'AirportAnnouncements',
  'Babble',
  'CopyMachine',
  'Munching',
  'NeighborSpeaking',
  'ShuttingDoor',
  'SqueakyChair',
  'Typing',
  'VacuumCleaner',
  'WasherDryer',
];

/** Noises of eleven types, one of them called otherwise in the test, clean speech, and mixtures. */
export async function writeMsSnsd(root: string, { each = 2 }: Size = {}): Promise<void> {
  for (const type of noiseTypes) {
    for (let number = 1; number <= 2; number++) {
      await writeIn(root, `noise_train/${type}_${number}.wav`, recording(`${type}${number}`, 2));
    }
  }
  await writeIn(root, 'noise_test/Neighbor_4.wav', recording('Neighbor_4'));
  await writeIn(root, 'noise_test/NeighborSpeaking_2.wav', recording('NeighborSpeaking_2'));
  for (let number = 0; number < each; number++) {
    const name = `p234_${String(number).padStart(3, '0')}.wav`;
    await writeIn(root, `clean_train/${name}`, recording(name, 1));
  }
  await writeIn(root, 'clean_test/clnsp1.wav', recording('clnsp1'));
  await writeIn(root, 'NoisySpeech_training/noisy1_SNRdb_20.0_clnsp1.wav', recording('noisy1'));
  await writeIn(root, 'CleanSpeech_training/clnsp1.wav', recording('clnsp1'));
  await writeIn(root, 'README.md', 'MS-SNSD');
  await writeIn(root, 'noisyspeech_synthesizer.cfg', '[noisy_speech]');
}

export const families = [
  'bass',
  'brass',
  'flute',
  'guitar',
  'keyboard',
  'mallet',
  'organ',
  'reed',
  'string',
  'synth_lead',
  'vocal',
];

/** Notes of eleven families on three lists; no instrument of training is on another. */
export async function writeNsynth(root: string, { each = 2 }: Size = {}): Promise<void> {
  for (const [index, list] of ['train', 'valid', 'test'].entries()) {
    const notes: Record<string, unknown> = {};
    for (const [number, family] of families.entries()) {
      for (let pitch = 60; pitch < 60 + (list === 'train' ? each : 1); pitch++) {
        const instrument = `${family}_acoustic_00${index}`;
        const name = `${instrument}-0${pitch}-100`;
        notes[name] = {
          note: 16629 + pitch,
          note_str: name,
          instrument: 417,
          instrument_str: instrument,
          instrument_family: number,
          instrument_family_str: family,
          instrument_source: 0,
          instrument_source_str: 'acoustic',
          pitch,
          velocity: 100,
          sample_rate: 16000,
          qualities: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
          qualities_str: ['dark'],
        };
        await writeIn(root, `nsynth-${list}/audio/${name}.wav`, recording(name));
      }
    }
    await writeIn(root, `nsynth-${list}/examples.json`, JSON.stringify(notes));
  }
}

export const instruments = [
  'bass',
  'cello',
  'clarinet',
  'flute',
  'oboe',
  'piccolo',
  'sax_alto',
  'sax_baritone',
  'sax_soprano',
  'sax_tenor',
  'trumpet',
  'violin',
];

const SCHEMA = `
  CREATE TABLE packs (id INTEGER PRIMARY KEY, name TEXT, description TEXT);
  CREATE TABLE sounds (id INTEGER PRIMARY KEY, instrument TEXT, note TEXT, octave INTEGER, dynamics TEXT, recorded_at TEXT,
    location TEXT, player TEXT, bow_velocity TEXT, bridge_position TEXT, string TEXT, csv_file INTEGER, csv_id INTEGER,
    pack_filename TEXT, pack_id INTEGER, attack INTEGER, decay INTEGER, sustain INTEGER, release INTEGER, offset INTEGER,
    reference INTEGER, klass TEXT, comments TEXT, semitone INTEGER, pitch_reference INTEGER);
  CREATE TABLE takes (id INTEGER PRIMARY KEY, microphone TEXT, filename TEXT, original_filename TEXT, freesound_id INTEGER,
    sound_id INTEGER, goodsound_id INTEGER);
  CREATE TABLE ratings (id INTEGER PRIMARY KEY, mark REAL, type TEXT, created_at TEXT, comments TEXT, sound_id INTEGER,
    rater TEXT);`;

/** What the tags of sounds look like, and what the paper makes of them. */
export const klasses = [
  'good-sound',
  'bad-attack',
  'bad-dynamics',
  'bad-timbre',
  'bad-richness',
  'bad-pitch bad-timbre',
  'bad-attack bad-timbre',
  'scale-good minor',
  'scale-bad-attack',
];

/** A pack for each of twelve instruments, every tag in it, each sound by two microphones; one sound has no tag. */
export async function writeGoodSounds(root: string, { each = 1 }: Size = {}): Promise<void> {
  const sql = await initSqlJs();
  const database = new sql.Database();
  database.run(SCHEMA);
  let sound = 0;
  let take = 0;
  for (const [index, instrument] of instruments.entries()) {
    const pack = `${instrument}_almudena_reference`;
    database.run('INSERT INTO packs VALUES (?, ?, ?)', [index + 1, pack, 'Play reference notes']);
    const tags = [...Array.from({ length: each }, () => klasses).flat(), null];
    for (const [number, klass] of tags.entries()) {
      sound++;
      const name = `${String(number).padStart(4, '0')}.wav`;
      database.run(
        'INSERT INTO sounds (id, instrument, note, octave, player, pack_filename, pack_id, klass, semitone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [sound, instrument, 'C', 4, 'almudena', name, index + 1, klass, 48],
      );
      for (const microphone of ['neumann', 'akg']) {
        take++;
        const file = `sound_files/${pack}/${microphone}/${name}`;
        database.run('INSERT INTO takes (id, microphone, filename, sound_id) VALUES (?, ?, ?, ?)', [
          take,
          microphone,
          file,
          sound,
        ]);
        await writeIn(root, `good-sounds/${file}`, recording(`${file}`));
      }
    }
  }
  await writeIn(root, 'good-sounds/database.sqlite', database.export());
  database.close();
}
