import { type AnsweredClip, answeredClips, type ComparisonResults } from 'antitransfer/answers';
import { repetitionName, type TestClip } from 'antitransfer/runs';
import { labelColumns, labelOf } from '../comparisons/clip-labels.js';
import type { Comparison } from '../comparisons/comparison.js';
import { givenWindows } from '../comparisons/given-windows.js';
import { NotFound } from '../not-found.js';
import type { ClipsView, ClipView, RepetitionView } from '../views/clips.js';
import { methodViews } from './method-views.js';
import type { Resource } from './resource.js';

export const clips: Resource<ClipsView> = {
  path: 'runs/:run/clips',
  description: 'What each training said of each test clip.',
  load: async (studio, { run }) => clipsView(await studio.comparison(run)),
  exported: async () => [{}],
};

export async function clipsView(comparison: Comparison): Promise<ClipsView> {
  const results = await comparison.results();
  if (results === undefined)
    throw new NotFound('There are no results yet: the first are left when a seed or fold is complete.');
  const known = await comparison.clips.known();
  // An export tells nobody where this machine keeps things.
  const unheard =
    known instanceof Error ? known.message.replaceAll(comparison.folder, comparison.id) : undefined;
  const details = known instanceof Error ? new Map<string, TestClip>() : known;
  const methods = methodViews(results);
  const repetitions = repetitionsOf(results);
  const columns = labelColumns(results, details).filter((column) => column !== results.target.column);
  const { classes, column: target } = results.target;
  const rows = new Rows(methods, repetitions, classes, columns, details);
  return {
    target,
    classes,
    methods,
    repetitions,
    columns,
    clips: answeredClips(results).map((clip) => rows.of(clip)),
    ...(unheard !== undefined && { unheard }),
  };
}

/** Writes answers by index: there may be a hundred thousand of them. */
class Rows {
  readonly #classes: ReadonlyMap<string, number>;
  readonly #methods: ReadonlyMap<string, number>;
  readonly #repetitions: ReadonlyMap<string, number>;

  constructor(
    methods: ClipsView['methods'],
    repetitions: readonly RepetitionView[],
    classes: readonly string[],
    readonly columns: readonly string[],
    readonly details: ReadonlyMap<string, TestClip>,
  ) {
    this.#methods = indices(methods.map(({ id }) => id));
    this.#repetitions = indices(repetitions.map(({ name }) => name));
    this.#classes = indices(classes);
  }

  of(clip: AnsweredClip): ClipView {
    const details = this.details.get(clip.id);
    const windows = details && givenWindows(details);
    const answers = [...this.#methods].map((): [number, number, number][] => []);
    for (const { method, said, confidence, ...repetition } of clip.answers) {
      answers[this.#methods.get(method) ?? -1]?.push([
        this.#repetitions.get(repetitionName(repetition)) ?? -1,
        this.#classes.get(said) ?? -1,
        confidence,
      ]);
    }
    return {
      id: clip.id,
      truth: this.#classes.get(clip.truth) ?? -1,
      labels: this.columns.map((column) => labelOf(column, clip, details) ?? null),
      answers,
      ...(windows && { windows }),
    };
  }
}

function indices(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

function repetitionsOf({ runs }: ComparisonResults): RepetitionView[] {
  const all = runs.map(({ seed, fold }) => ({
    seed,
    ...(fold !== undefined && { fold }),
    name: repetitionName({ seed, fold }),
  }));
  return [...new Map(all.map((repetition) => [repetition.name, repetition])).values()].sort(
    (a, b) => a.seed - b.seed || (a.fold ?? 0) - (b.fold ?? 0),
  );
}
