import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { LeftOutTally } from '../account/account.js';
import type { Clip, Corpus } from '../clip.js';
import { type CorpusDefinition, notThisCorpus } from './definition.js';
import { readEvaluations, readTranscripts } from './iemocap/utterances.js';
import { inventoryOf } from './inventory.js';
import { addLeftOut, listCounted } from './left-out.js';
import { isHidden, kindOfPath, listFiles } from './list-files.js';
import { folderWith, missingPart } from './parts.js';
import { transcriptsSetting } from './transcripts-setting.js';

/** Session, the wearer of the markers, kind and number of the dialog; then who speaks, and the utterance's number. */
const UTTERANCE = /^(Ses0([1-5])[FM]_(impro|script)\w+)_([FM])\d{3}$/;

const styles: Readonly<Record<string, string>> = { impro: 'improvised', script: 'scripted' };
const genders: Readonly<Record<string, string>> = { F: 'female', M: 'male' };

const ALL_SESSIONS = [1, 2, 3, 4, 5];

const iemocapSettings = z.strictObject({
  sessions: z
    .array(z.int().min(1).max(5))
    .min(1)
    .default(ALL_SESSIONS)
    .describe('iemocap only: the sessions that are used, each of which must be there'),
  transcripts: transcriptsSetting,
});

/** IEMOCAP (Busso et al., Language Resources and Evaluation 42, 2008): emotions of ten actors in five sessions. */
export const iemocap: CorpusDefinition<'iemocap', typeof iemocapSettings> = {
  name: 'iemocap',
  description:
    'IEMOCAP: ten English actors in five sessions, improvised and scripted dialogs, emotions by several annotators.',
  columns: [
    'emotion',
    'speaker',
    'gender',
    'session',
    'style',
    'dialog',
    'valence',
    'activation',
    'dominance',
  ],
  optionalColumns: ['transcript'],
  source: { url: 'https://sail.usc.edu/iemocap/iemocap_release.htm', licence: 'on request, for research' },
  settings: iemocapSettings,
  published: {
    seconds: 4,
    columns: { emotion: { labels: { keep: ['ang', 'hap', 'neu', 'sad'] } }, speaker: {} },
  },
  expects:
    'the folder IEMOCAP_full_release with Session1 to Session5: sentences/wav/{dialog}/{utterance}.wav and dialog/EmoEvaluation/{dialog}.txt in each',
  async create({ sessions, transcripts }, path) {
    const root = await folderWith(
      iemocap,
      path,
      ['IEMOCAP_full_release', 'IEMOCAP'],
      'Session1/sentences',
      hasSession,
    );
    const leftOut = new LeftOutTally();
    const clips: Clip[] = [];
    for (const session of sessions) {
      clips.push(...(await sessionClips(root, `Session${session}`, transcripts, leftOut)));
    }
    clips.sort((a, b) => (a.id < b.id ? -1 : 1));
    if (clips.length === 0) throw notThisCorpus(iemocap, path, 'there is no utterance in it');
    return {
      name: iemocap.name,
      clips,
      inventory: inventoryOf('files', clips, leftOut),
    } satisfies Corpus;
  },
};

async function hasSession(folder: string): Promise<boolean> {
  const kinds = await Promise.all(
    ALL_SESSIONS.map((session) => kindOfPath(join(folder, `Session${session}`, 'sentences'))),
  );
  return kinds.includes('folder');
}

/** Utterances that were evaluated, and recordings that were not, which have no emotion. */
async function sessionClips(
  root: string,
  session: string,
  transcripts: boolean,
  leftOut: LeftOutTally,
): Promise<Clip[]> {
  const remedy = 'Unpack it, or leave the session out: data.sessions.';
  const wav = `${session}/sentences/wav`;
  const evaluation = `${session}/dialog/EmoEvaluation`;
  for (const part of [session, wav, evaluation]) {
    if ((await kindOfPath(join(root, part))) !== 'folder') throw missingPart(root, `${part}/`, remedy);
  }
  const files = new Map<string, string>();
  for (const file of await listCounted(join(root, wav), leftOut, `${wav}/`)) {
    const [dialog = '', name = ''] = file.split('/');
    const utterance = name.replace(/\.wav$/i, '');
    const isUtterance = utterance !== name && UTTERANCE.exec(utterance)?.[1] === dialog;
    if (isUtterance) files.set(utterance, file);
    else addLeftOut(leftOut, `${wav}/${file}`, root);
  }
  // Folders of single annotators lie beside these files, and copies made on a Mac have hidden ones.
  const evaluated = (await listFiles(join(root, evaluation))).filter(
    (file) => /^[^/]+\.txt$/.test(file) && !isHidden(file),
  );
  for (const dialog of new Set([...files.values()].map((file) => file.split('/')[0]))) {
    if (!evaluated.includes(`${dialog}.txt`))
      throw missingPart(root, `${evaluation}/${dialog}.txt`, 'Unpack it.');
  }
  const clips: Clip[] = [];
  for (const file of evaluated) {
    const dialog = file.replace(/\.txt$/, '');
    const evaluations = await readEvaluations(join(root, evaluation, file));
    const said = transcripts ? await dialogTranscripts(root, session, dialog) : undefined;
    const recorded = [...files.keys()].filter((utterance) => UTTERANCE.exec(utterance)?.[1] === dialog);
    for (const utterance of new Set([...evaluations.keys(), ...recorded])) {
      const labels = labelsOf(utterance);
      if (labels === undefined) {
        throw new UserError(
          `${join(root, evaluation, file)}: "${utterance}" is no name of an utterance such as Ses01F_impro01_F000. ` +
            'Unpack this file again.',
        );
      }
      const transcript = said?.get(utterance);
      const id = `${wav}/${files.get(utterance) ?? `${dialog}/${utterance}.wav`}`;
      const evaluationOf = evaluations.get(utterance);
      clips.push({
        id,
        path: join(root, id),
        labels: {
          ...(evaluationOf && { emotion: evaluationOf.emotion }),
          ...labels,
          ...(evaluationOf && {
            valence: evaluationOf.valence,
            activation: evaluationOf.activation,
            dominance: evaluationOf.dominance,
          }),
          ...(transcript !== undefined && { transcript }),
        },
      });
    }
  }
  return clips;
}

async function dialogTranscripts(
  root: string,
  session: string,
  dialog: string,
): Promise<Map<string, string>> {
  const part = `${session}/dialog/transcriptions/${dialog}.txt`;
  if ((await kindOfPath(join(root, part))) !== 'file') {
    throw missingPart(root, part, 'Unpack it, or do without: data.transcripts: false.');
  }
  return readTranscripts(join(root, part));
}

/** What the name of an utterance says. Two people speak in a session, one of them with the markers on. */
function labelsOf(utterance: string): Record<string, string> | undefined {
  const [, dialog, session, style, gender] = UTTERANCE.exec(utterance) ?? [];
  if (!dialog || !session || !style || !gender) return undefined;
  return {
    speaker: `Ses0${session}${gender}`,
    gender: genders[gender] ?? '',
    session,
    style: styles[style] ?? '',
    dialog,
  };
}
