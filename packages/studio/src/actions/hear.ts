import type { ClipPrediction } from 'antitransfer';
import { isSaid } from 'antitransfer/listening';
import { UserError } from 'antitransfer/runs';
import { type ModelFile, offeredModels } from '../models/offered-models.js';
import { MOST_MODELS } from '../most-models.js';
import { NotFound } from '../not-found.js';
import type { Studio } from '../studio.js';
import type { HeardView, ModelAnswer } from '../views/try.js';
import type { Action } from './action.js';
import { saidOnPage } from './said-on-page.js';

/** A recording is called this where something is wrong with it. */
const RECORDING = 'the recording';

/**
 * Asks models what is said in a recording. `?models=a,b` names them; `?as=sound` says that it is one sound that begins where it
 * begins, as the page has found it in what the microphone says; otherwise sounds are looked for.
 */
export const hear: Action<HeardView> = {
  path: 'runs/:run/hear',
  description: 'What models of a comparison say of a recording, in any format that the toolkit reads.',
  carryOut: async (studio, { run, query, body }) => {
    const offered = await offeredModels(await studio.comparison(run));
    const asked = [...new Set((query.models ?? '').split(',').filter(Boolean))];
    if (asked.length === 0 || asked.length > MOST_MODELS) {
      throw new UserError(`From 1 to ${MOST_MODELS} models can be asked at once; these are ${asked.length}.`);
    }
    const models = asked.map((id) => {
      const found = offered.find((model) => model.id === id);
      if (found === undefined) throw new NotFound(`"${run}" has no model "${id}".`);
      return found;
    });
    const isSound = query.as === 'sound';
    const answers: (ModelAnswer & { readonly seconds: number })[] = [];
    for (const model of models) answers.push(await answerOf(studio, model, body, isSound));
    return {
      seconds: Math.max(...answers.map(({ seconds }) => seconds)),
      answers: answers.map(({ seconds: _, ...answer }) => answer),
    };
  },
};

async function answerOf(studio: Studio, { id, path }: ModelFile, body: Uint8Array, isSound: boolean) {
  return studio.models.ask(path, async (model) => {
    const { predictClips } = await import('antitransfer');
    const { predictions, problems } = await predictClips(
      model,
      [{ id: RECORDING, path: RECORDING, labels: {} }],
      { load: async () => body, ...(isSound ? { longer: 'crop' } : { sounds: {} }) },
    );
    const [problem] = problems;
    const level = model.card.level?.probability;
    const answer = { model: id, ...(level !== undefined && { level }) };
    const [prediction] = predictions;
    if (prediction === undefined) {
      return { ...answer, seconds: 0, sounds: [], ...(problem && { problem: saidOnPage(problem) }) };
    }
    return { ...answer, seconds: prediction.seconds, sounds: soundsOf(prediction, level) };
  });
}

/** What was heard. A model's own level holds for a single sound too, to which predictions give a label however unsure. */
function soundsOf({ windows }: ClipPrediction, level = 0): ModelAnswer['sounds'] {
  return windows
    .filter(({ probabilities }) => probabilities.length > 0)
    .map(({ start, end, probabilities, label }) => ({
      start,
      end,
      probabilities,
      ...(label !== undefined && isSaid(probabilities, level) && { label }),
    }));
}
