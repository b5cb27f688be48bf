import { useEffect, useRef, useState } from 'preact/hooks';
import { hear } from './send.ts';
import type { Source } from './source.ts';

/** Sounds that stay on the page; older ones go. */
const KEPT = 40;

/** What was heard since the page was opened, the newest first. Models that are chosen later are asked of all of it. */
export function useSources(run: string, chosen: readonly string[]) {
  const [sources, setSources] = useState<readonly Source[]>([]);
  const asked = useRef(new Set<string>());
  const last = useRef(0);

  useEffect(() => {
    for (const source of sources) {
      const models = chosen.filter((model) => !asked.current.has(`${source.id} ${model}`));
      if (models.length === 0) continue;
      for (const model of models) asked.current.add(`${source.id} ${model}`);
      const change = (changes: (before: Source) => Partial<Source>) =>
        setSources((all) => all.map((one) => (one.id === source.id ? { ...one, ...changes(one) } : one)));
      hear(run, models, source.heard ?? source.recording, source.as).then(
        ({ answers }) =>
          change((before) => ({
            answers: new Map([
              ...before.answers,
              ...answers.map((answer) => [answer.model, answer] as const),
            ]),
          })),
        (error: unknown) =>
          change(() => ({ problem: error instanceof Error ? error.message : String(error) })),
      );
    }
  }, [run, sources, chosen.join(',')]);

  const add = (source: Omit<Source, 'id' | 'answers'>) =>
    setSources((before) => [{ ...source, id: ++last.current, answers: new Map() }, ...before].slice(0, KEPT));
  return { sources, add, clear: () => setSources([]) };
}
