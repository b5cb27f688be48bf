import { useEffect, useRef, useState } from 'preact/hooks';
import { hear } from './send.ts';
import type { Source } from './source.ts';

/** Sounds and recordings that stay on the page; older ones go. */
const KEPT = 40;

export interface UsedSources {
  /** The newest first. */
  readonly sources: readonly Source[];
  /** How many there were that do not stay on the page any more. */
  readonly gone: number;
  readonly add: (source: Omit<Source, 'id' | 'answers'>) => void;
  readonly clear: () => void;
}

/**
 * What was heard since the page was opened, the newest first. Models that are chosen later are asked of all of it; those that could
 * not be asked are asked again when the choice changes.
 *
 * @param atOnce models that are asked together at most
 */
export function useSources(run: string, chosen: readonly string[], atOnce: number): UsedSources {
  const [sources, setSources] = useState<readonly Source[]>([]);
  const asked = useRef(new Set<string>());
  const failed = useRef(new Set<string>());
  const last = useRef(0);
  const choice = chosen.join(',');

  // Before what asks: it finds nothing marked that failed.
  useEffect(() => {
    if (failed.current.size === 0) return;
    for (const question of failed.current) asked.current.delete(question);
    failed.current.clear();
    setSources((all) => all.map(({ problem: _, ...source }) => source));
  }, [choice]);

  useEffect(() => {
    const askOf = async (source: Source, models: readonly string[]) => {
      const change = (changes: (before: Source) => Partial<Source>) =>
        setSources((all) => all.map((one) => (one.id === source.id ? { ...one, ...changes(one) } : one)));
      try {
        const { answers } = await hear(run, models, source.heard ?? source.recording, source.as);
        const known = answers.map((answer) => [answer.model, answer] as const);
        change((before) => ({ answers: new Map([...before.answers, ...known]) }));
      } catch (error) {
        for (const model of models) failed.current.add(questionOf(source, model));
        change(() => ({ problem: error instanceof Error ? error.message : String(error) }));
      }
    };
    const askAll = async (source: Source, models: readonly string[]) => {
      for (let at = 0; at < models.length; at += atOnce) await askOf(source, models.slice(at, at + atOnce));
    };
    for (const source of sources) {
      const models = chosen.filter((model) => !asked.current.has(questionOf(source, model)));
      for (const model of models) asked.current.add(questionOf(source, model));
      askAll(source, models);
    }
  }, [run, sources, choice, atOnce]);

  const add = (source: Omit<Source, 'id' | 'answers'>) =>
    setSources((before) => [{ ...source, id: ++last.current, answers: new Map() }, ...before].slice(0, KEPT));
  // Each has the next number, from that of the first behind what was cleared.
  const cleared = useRef(0);
  const clear = () => {
    cleared.current = last.current;
    setSources([]);
  };
  const gone = (sources[0]?.id ?? cleared.current) - cleared.current - sources.length;
  return { sources, gone, add, clear };
}

function questionOf({ id }: Source, model: string): string {
  return `${id} ${model}`;
}
