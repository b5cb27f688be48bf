import { type NoSettings, noSettings } from '../../registry.js';
import type { CorpusDefinition } from './definition.js';
import { loadNamedFiles } from './named-files.js';

/** Speaker, sentence, emotion, version, as in `03a01Fa.wav`. */
const FILE_NAME = /^(\d{2})([ab]\d{2})([WLEAFTN])([a-z])\.[wW][aA][vV]$/;

/** The letters stand for the German words (Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral). */
const EMOTIONS: Readonly<Record<string, string>> = {
  W: 'anger',
  L: 'boredom',
  E: 'disgust',
  A: 'fear',
  F: 'happiness',
  T: 'sadness',
  N: 'neutral',
};

const GENDERS: Readonly<Record<string, string>> = {
  '03': 'male',
  '08': 'female',
  '09': 'female',
  '10': 'male',
  '11': 'male',
  '12': 'male',
  '13': 'female',
  '14': 'female',
  '15': 'male',
  '16': 'female',
};

/** Berlin Database of Emotional Speech (Burkhardt et al., Interspeech 2005). */
export const emodb: CorpusDefinition<'emodb', NoSettings> = {
  name: 'emodb',
  description: 'Berlin Database of Emotional Speech: ten sentences in seven emotions by ten German actors.',
  columns: ['speaker', 'gender', 'sentence', 'emotion', 'version'],
  source: { url: 'http://emodb.bilderbar.info/download/', licence: 'free to use' },
  settings: noSettings,
  expects: 'a folder, or its subfolder "wav", with files named as 03a01Fa.wav',
  create: (_, path) => loadNamedFiles(emodb, path, { subfolder: 'wav', labels: actorLabels }),
};

function actorLabels(file: string): Record<string, string> | undefined {
  const [, speaker, sentence, letter, version] = FILE_NAME.exec(file) ?? [];
  const emotion = EMOTIONS[letter ?? ''];
  const gender = GENDERS[speaker ?? ''];
  if (!speaker || !sentence || !version || !emotion || !gender) return undefined;
  return { speaker, gender, sentence, emotion, version };
}
