import { UserError } from 'antitransfer/runs';
import { z } from 'zod';
import type { Comparison } from '../comparisons/comparison.js';
import { typed } from '../comparisons/typed.js';
import { offeredModels } from '../models/offered-models.js';
import type { KeptView } from '../views/try.js';
import type { Action } from './action.js';
import { saidOnPage } from './said-on-page.js';

const labelsOf = z.record(z.string(), z.string().trim().min(1).max(200));

/** Seconds within the recording. */
const stretch = z.object({ start: z.coerce.number().min(0), end: z.coerce.number().positive() });

/** Keeps a recording, or the part of it from `?start=` to `?end=`, with the labels of `?labels={"digit":"three"}`. */
export const keep: Action<KeptView> = {
  path: 'runs/:run/keep',
  description:
    'Keeps a recording as a labelled test clip, in the folder that the studio was told to write to.',
  carryOut: async (studio, { run, query, body }) => {
    const comparison = await studio.comparison(run);
    const { keeper } = studio;
    if (keeper === undefined) {
      throw new UserError(
        'This studio keeps no recordings. Start it with --keep FOLDER, and it writes there.',
      );
    }
    const { target, label, labels } = await labelsFor(comparison, query.labels ?? '');
    const { samples, sampleRate } = await cut(body, query);
    const kept = await keeper.keep({ samples, sampleRate, target, label, labels });
    const [model] = await offeredModels(comparison);
    return {
      ...kept,
      command: typed(['npx', 'antitransfer', 'evaluate', model?.path ?? 'MODEL.onnx', '--data', kept.table]),
    };
  },
};

/** @throws UserError where the label is none that the models know, or a column none of the comparison's */
async function labelsFor(comparison: Comparison, text: string) {
  const { experiment, classes } = await comparison.index();
  const parsed = labelsOf.safeParse(parseJson(text));
  if (!parsed.success) throw new UserError(`A recording's labels are text, a column each; got ${text}.`);
  const { target } = experiment;
  const { [target]: label, ...labels } = parsed.data;
  if (label === undefined || !classes.includes(label)) {
    throw new UserError(
      `A recording that is kept has one of the ${target}s that the models know, ${classes.join(', ')}; got "${label ?? ''}".`,
    );
  }
  const known = experiment.orthogonal.map(({ column }) => column);
  const unknown = Object.keys(labels).find((column) => !known.includes(column));
  if (unknown !== undefined) {
    throw new UserError(
      `The comparison is about no column "${unknown}"; it is about ${[target, ...known].join(', ')}.`,
    );
  }
  return { target, label, labels };
}

async function cut(body: Uint8Array, query: Readonly<Record<string, string>>) {
  const { decodeAudio } = await import('antitransfer');
  const { samples, sampleRate } = await decodeAudio('the recording', body).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(saidOnPage(error)) : error;
  });
  if (query.start === undefined && query.end === undefined) return { samples, sampleRate };
  const found = stretch.safeParse(query);
  const { start, end } = found.success ? found.data : { start: 0, end: 0 };
  const part = samples.slice(Math.round(start * sampleRate), Math.round(end * sampleRate));
  if (part.length > 0) return { samples: part, sampleRate };
  throw new UserError(
    `The recording has ${(samples.length / sampleRate).toFixed(2)} seconds; there is nothing from ${query.start} to ${query.end}.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
