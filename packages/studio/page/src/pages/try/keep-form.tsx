import { useState } from 'preact/hooks';
import type { KeptView, ModelsView } from '../../../../src/views/try.ts';
import { Command } from '../../parts/command.tsx';
import { keep } from './send.ts';

/** Says what a recording was, and keeps it as a labelled test clip. */
export function KeepForm({
  run,
  view,
  recording,
  part,
}: {
  readonly run: string;
  readonly view: ModelsView;
  readonly recording: Blob;
  readonly part: { readonly start: number; readonly end: number } | undefined;
}) {
  const [kept, setKept] = useState<KeptView>();
  const [problem, setProblem] = useState<string>();
  if (view.keep === undefined) return null;
  if (kept !== undefined) {
    return (
      <div class="kept" role="status">
        <p>
          Kept as {kept.file}; the table {kept.table} has {kept.clips} {kept.clips === 1 ? 'clip' : 'clips'}.
          To test a model on all of them:
        </p>
        <Command text={kept.command} />
      </div>
    );
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const filled = [...new FormData(event.currentTarget)].flatMap(([column, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [[column, value.trim()] as const] : [],
    );
    keep(run, recording, Object.fromEntries(filled), part).then(
      (view) => setKept(view),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <form class="keep" onSubmit={submit}>
      <label>
        It was the {view.target}
        <select name={view.target} required>
          <option value="">choose</option>
          {view.classes.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {view.keep.columns.map((column) => (
        <label key={column}>
          {column}
          <input type="text" name={column} placeholder="if you like" autocomplete="off" />
        </label>
      ))}
      <button type="submit">Keep</button>
      {problem !== undefined && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </form>
  );
}
