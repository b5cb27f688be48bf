import { UserError } from '../../errors.js';
import type { AudioError } from '../audio/audio-error.js';

/** Recordings that cannot be used. Its message lists each with the reason. */
export class UnusableRecordingsError extends UserError {
  override readonly name = 'UnusableRecordingsError';

  constructor(readonly problems: readonly AudioError[]) {
    const list = problems.map(({ message }) => `  ${message}`).join('\n');
    const what = problems.length === 1 ? 'A recording' : `${problems.length} recordings`;
    super(
      `${what} cannot be used:\n${list}\nMend or remove them, or skip them (in a configuration: data.problems: skip).`,
    );
  }
}

/** Problems by clip, each said once: in the order of the clips. */
export function distinctProblems(problems: ReadonlyMap<number, AudioError>): AudioError[] {
  const inOrder = [...problems].sort(([a], [b]) => a - b).map(([, problem]) => problem);
  return [...new Map(inOrder.map((problem) => [problem.message, problem])).values()];
}
