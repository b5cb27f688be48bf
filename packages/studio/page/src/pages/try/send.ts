import type { HeardView, KeptView } from '../../../../src/views/try.ts';
import { send } from '../../ask.ts';

/** Asks models what is said in a recording; `sound`: one that begins where it begins. */
export function hear(
  run: string,
  models: readonly string[],
  recording: Blob,
  as: 'sound' | 'recording',
): Promise<HeardView> {
  return send(`runs/${encodeURIComponent(run)}/hear`, { models: models.join(','), as }, recording);
}

/** Keeps a recording, or a part of it in seconds, with its labels. */
export function keep(
  run: string,
  recording: Blob,
  labels: Readonly<Record<string, string>>,
  part?: { readonly start: number; readonly end: number },
): Promise<KeptView> {
  const query = {
    labels: JSON.stringify(labels),
    ...(part && { start: String(part.start), end: String(part.end) }),
  };
  return send(`runs/${encodeURIComponent(run)}/keep`, query, recording);
}
