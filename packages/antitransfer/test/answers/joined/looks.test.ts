import { parse } from 'csv-parse/sync';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { describeMethod } from '../../../src/answers/describe-method.js';
import { joinedColumns, joinedMachineColumns } from '../../../src/answers/joined/columns.js';
import { joinResults } from '../../../src/answers/joined/join.js';
import { joinedLatex } from '../../../src/answers/joined/latex.js';
import { looksOfMethod } from '../../../src/answers/joined/looks.js';
import { joinedMarkdown } from '../../../src/answers/joined/markdown.js';
import { joinedMeasures } from '../../../src/answers/joined/measures.js';
import { renderJoinedReport } from '../../../src/answers/joined/report/page.js';
import { joinedLegend } from '../../../src/answers/joined/text.js';
import type { ComparisonResults, MethodDescription } from '../../../src/answers/results.js';
import { csvTable } from '../../../src/answers/tables/csv.js';
import { corrections } from '../../../src/learning/corrections/registry.js';
import { objectives } from '../../../src/learning/objectives/registry.js';
import { listMethods, listObjectives } from '../../../src/runs/config/method-listing.js';
import { methodsOf } from '../../../src/runs/config/methods.js';
import { experimentSchema } from '../../../src/runs/config/schema.js';
import { comparisonFixture } from '../page/fixture.js';

const accuracy = joinedMeasures.find('accuracy');

/** The methods of a configuration as results describe them, by their ids. */
function described(...methods: unknown[]): ReadonlyMap<string, MethodDescription> {
  const experiment = experimentSchema.parse({
    ...{ name: 'looks', target: 'digit', orthogonal: [{ name: 'speaker', column: 'speaker' }] },
    ...{ split: { kind: 'stratified' }, methods },
  });
  return new Map(methodsOf(experiment).map((method) => [method.id, describeMethod(method, experiment)]));
}

/** What each method looks at, written as `train+orth, chooses`. */
function looksIn(methods: ReadonlyMap<string, MethodDescription>, choose?: string): Record<string, string> {
  const comparison = { methods: [...methods.values()], config: { training: { choose } } };
  return Object.fromEntries(
    [...methods].map(([id, method]) => {
      const { labels, validation } = looksOfMethod(method, comparison);
      return [id, `${labels.join('+') || 'none'}, ${validation}`];
    }),
  );
}

const frozen = { kind: 'similarity', similarity: 'cka' };

describe('what a method looks at', () => {
  const base: MethodDescription = {
    ...{ id: 'x', label: 'x', description: '', control: false, published: false, own: true },
    ...{ objectives: [], forgets: [] },
  };
  const objective = (kind: string, changes: Partial<MethodDescription['objectives'][number]> = {}) => ({
    ...base,
    objectives: [
      {
        ...{ kind, description: '', paper: '', published: false, similarity: null, forgets: 'speaker' },
        ...{ seesLabels: false, clips: 'batch' as const },
        ...changes,
      },
    ],
  });
  const correction = (
    learnsFrom: 'training' | 'validation',
    labels: 'training' | 'validation' | 'auxiliary' | 'none',
  ) => ({
    ...base,
    correction: { kind: 'c', description: '', paper: '', method: null, learnsFrom, labels, forgets: null },
  });
  const alone = (method: MethodDescription, config: ComparisonResults['config'] = {}) =>
    looksOfMethod(method, { methods: [method], config });

  it.each([
    ['nothing', base, [], 'chooses'],
    ['a weight of clips', objective('focal'), [], 'chooses'],
    ['labels of its clips', objective('vrex', { seesLabels: true }), ['training'], 'chooses'],
    ['a frozen network', objective('similarity'), ['orthogonal'], 'chooses'],
    ['orthogonal clips', objective('coral', { clips: 'auxiliary' }), ['orthogonal'], 'chooses'],
    ['the start', { ...base, start: 'orthogonal:speaker' }, ['orthogonal'], 'chooses'],
    ['groups of validation clips', correction('validation', 'validation'), ['validation'], 'learns'],
    ['classes of validation clips', correction('validation', 'none'), [], 'learns'],
    ['an erasure', correction('training', 'auxiliary'), ['orthogonal'], 'chooses'],
  ] as const)('%s', (_, method, labels, validation) => {
    expect(alone(method)).toEqual({ labels, validation });
  });

  it('where the last epoch is taken, only corrections look at validation clips', () => {
    const of = (method: MethodDescription) => alone(method, { training: { choose: 'last' } }).validation;
    expect(of(base)).toBe('ignores');
    expect(of(correction('training', 'auxiliary'))).toBe('chooses');
    expect(of(correction('validation', 'validation'))).toBe('learns');
  });

  it('is what the methods have seen, too, that it starts from or corrects', () => {
    const methods = described(
      'no-transfer',
      'cdan',
      { id: 'on', start: 'cdan' },
      { id: 'penalised', start: 'cdan', objectives: [frozen] },
      { id: 'on-and-on', start: 'on' },
      { id: 'erased', correction: { kind: 'leace', method: 'cdan' } },
      { id: 'erased-late', correction: { kind: 'leace', method: 'on-and-on' } },
      { id: 'own-start', start: 'on', correction: { kind: 'leace', clips: 'batch' } },
      { id: 'reweighted', correction: { kind: 'deep-feature-reweighting', method: 'penalised' } },
      { id: 'from-the-task', start: 'orthogonal' },
      { id: 'dual', start: 'from-the-task', objectives: [{ kind: 'vrex' }] },
      { id: 'plain', start: 'no-transfer' },
    );
    expect(looksIn(methods, 'last')).toEqual({
      'no-transfer': 'none, ignores',
      cdan: 'training, ignores',
      on: 'training, ignores',
      penalised: 'training+orthogonal, ignores',
      'on-and-on': 'training, ignores',
      erased: 'training+orthogonal, chooses',
      'erased-late': 'training+orthogonal, chooses',
      'own-start': 'training, chooses',
      reweighted: 'training+validation+orthogonal, learns',
      'from-the-task': 'orthogonal, ignores',
      dual: 'training+orthogonal, ignores',
      plain: 'none, ignores',
    });
  });

  it.each(listMethods())('$name is seen through what starts from it, at any depth', (listed) => {
    const { looksAt, validation } = listed;
    const own = [
      ...(looksAt.labels ? ['training'] : []),
      ...(validation.orthogonalLabels ? ['validation'] : []),
      ...(looksAt.clips || looksAt.network ? ['orthogonal'] : []),
    ];
    const use = validation.learnsFromTargets ? 'learns' : 'chooses';
    const joined = (...more: string[]) =>
      ['training', 'validation', 'orthogonal'].filter((clips) => [...own, ...more].includes(clips)).join('+');
    const methods = described(
      listed.name,
      { id: 'after', start: listed.name },
      { id: 'twice', start: 'after' },
      { id: 'penalised', start: 'twice', objectives: [frozen] },
      { id: 'erased', correction: { kind: 'leace', method: listed.name } },
      { id: 'reweighted', correction: { kind: 'deep-feature-reweighting', method: 'twice' } },
    );
    expect(looksIn(methods)).toEqual({
      [listed.name]: `${joined() || 'none'}, ${use}`,
      after: `${joined() || 'none'}, ${use}`,
      twice: `${joined() || 'none'}, ${use}`,
      penalised: `${joined('orthogonal')}, ${use}`,
      erased: `${joined('orthogonal')}, ${use}`,
      reweighted: `${joined('validation')}, learns`,
    });
  });

  const everyObjective = objectives.names.flatMap((kind) => {
    const { shape } = objectives.find(kind).settings;
    const { looksAt } = listObjectives().find((listed) => listed.kind === kind) ?? expect.fail(kind);
    const forms = [
      ...('clips' in shape ? ['batch', 'auxiliary'].map((clips) => ({ clips })) : []),
      ...('over' in shape ? ['class', 'class-group'].map((over) => ({ over })) : []),
    ];
    return (forms.length === 0 ? [{}] : forms).map((form: { clips?: string; over?: string }) => {
      const asks = (fact: boolean | string, value: string | undefined, yes: string) =>
        typeof fact === 'string' ? value === yes : fact;
      const told = looksAt.labels === 'over' ? form.over : form.clips;
      const labels = asks(looksAt.labels, told, looksAt.labels === 'over' ? 'class-group' : 'batch');
      const clips = asks(looksAt.clips, form.clips, 'auxiliary');
      return { kind, form, labels, orthogonal: clips || looksAt.network !== false };
    });
  });

  it.each(everyObjective)('$kind $form is seen through what starts from it or corrects it', (one) => {
    const similarity = one.kind === 'similarity' ? { similarity: 'cka' } : {};
    const methods = described(
      { id: 'base', objectives: [{ kind: one.kind, ...similarity, ...one.form }] },
      { id: 'after', start: 'base' },
      { id: 'erased', correction: { kind: 'inlp', method: 'after' } },
    );
    const train = one.labels ? ['training'] : [];
    const seen = [...train, ...(one.orthogonal ? ['orthogonal'] : [])].join('+') || 'none';
    expect(looksIn(methods)).toEqual({
      base: `${seen}, chooses`,
      after: `${seen}, chooses`,
      erased: `${[...train, 'orthogonal'].join('+')}, chooses`,
    });
  });

  it.each(corrections.names)('%s is seen through what would begin from it', (kind) => {
    const methods = described({ id: 'base', correction: { kind } }, { id: 'after', start: 'base' });
    const { base: own, after } = looksIn(methods, 'last');
    expect(own).not.toBe('none, ignores');
    expect(after).toBe(own);
  });

  it('is not guessed where a method begins from one that the results do not describe, or from itself', () => {
    const after = { ...base, start: 'gone' };
    expect(() => alone(after)).toThrow(
      /"x" begins from the network of "gone".*what it has seen is not known/,
    );
    const round = [after, { ...base, id: 'gone', start: 'x' }];
    expect(() => looksOfMethod(after, { methods: round, config: {} })).toThrow(/no such method before it/);
  });
});

describe('comparisons that look otherwise', () => {
  const choosing = (choose: string, seed: number): ComparisonResults => {
    const results = comparisonFixture(new Random(seed), { epochs: 2, clips: 40, seeds: 3 });
    return { ...results, config: { ...results.config, training: { choose } } };
  };
  const last = { name: 'last', results: choosing('last', 1) };
  const worst = { name: 'worst', results: choosing('validation-worst-group-accuracy', 2) };
  const labelled = last.results.methods[0]?.label ?? expect.fail('no method');
  const table = joinResults([last, worst], accuracy);
  const turned = joinResults([worst, last], accuracy);

  it('a choice of the epoch by the worst group looks at the labels of validation clips, and is told', () => {
    const one = joinResults([worst], accuracy);
    for (const { looks } of one.rows) expect(looks[0]?.labels).toContain('validation');
    expect(joinedLegend(one).join('\n')).toContain('; epochs by validation-worst-group-accuracy; ');
    for (const { looks } of joinResults([last], accuracy).rows)
      expect(looks[0]?.labels).not.toContain('validation');
  });

  it('have looks of their own in each row, in whichever order they come', () => {
    for (const [at, { looks }] of table.rows.entries()) {
      expect(looks.map((one) => one?.validation)).toEqual(['ignores', 'chooses']);
      expect(looks.map((one) => one?.labels.includes('validation'))).toEqual([false, true]);
      expect(turned.rows[at]?.looks).toEqual(looks.toReversed());
    }
    const { methods, runs } = last.results;
    const without = {
      ...last.results,
      methods: methods.slice(0, 1),
      runs: runs.filter(({ method }) => method === methods[0]?.id),
    };
    const { rows } = joinResults([worst, { name: 'one', results: without }], accuracy);
    expect(rows.map(({ looks }) => looks[1] !== undefined)).toEqual([true, false, false, false, false]);
  });

  it('are not one thing in text, Markdown and LaTeX; a note says what each is', () => {
    for (const one of [table, turned]) {
      const columns = joinedColumns(one).slice(0, 2);
      for (const row of one.rows)
        expect(columns.map(({ format }) => format(row))).toEqual(['differs', 'differs']);
      for (const text of [joinedLegend(one).join('\n'), joinedMarkdown(one), joinedLatex(one)]) {
        expect(text).toMatch(
          new RegExp(
            `differs\\S* is in last: no orthogonal labels, ignores validation clips \\(“${labelled}”`,
          ),
        );
        expect(text).toMatch(
          new RegExp(
            `differs\\S* is in worst: labels of validation clips, chooses by validation clips \\(“${labelled}”`,
          ),
        );
      }
      expect(joinedMarkdown(one)).toContain(`| ${labelled} | differs | differs |`);
      expect(joinedLatex(one)).toContain(`${labelled} & differs & differs &`);
    }
  });

  it('are told apart in CSV and in the report', () => {
    const rows = parse(csvTable(joinedMachineColumns(table), table.rows), { columns: true }) as Record<
      string,
      string
    >[];
    expect(rows[0]).toMatchObject({
      ...{ 'last labels': 'none', 'last validation': 'ignores' },
      ...{ 'worst labels': 'validation', 'worst validation': 'chooses' },
    });
    const page = renderJoinedReport([last, worst], { measures: [accuracy] });
    expect(page.match(/<span class="tag">differs<\/span>/g)).toHaveLength(table.rows.length);
    expect(page).toMatch(/“differs” is in worst: labels of validation clips \(/);
  });

  it('are one thing where nothing differs, and no note says anything', () => {
    const same = joinResults([last, { ...last, name: 'again' }], accuracy);
    expect(joinedLegend(same).join('\n')).not.toContain('differs');
    const [labels, validation] = joinedColumns(same);
    expect(same.rows.slice(0, 1).map((row) => [labels?.format(row), validation?.format(row)])).toEqual([
      ['–', 'ignores'],
    ]);
    // The report's tags do not tell whether an epoch is chosen by the target's labels.
    const loss = { name: 'loss', results: choosing('validation-loss', 2) };
    const page = renderJoinedReport([last, loss], { measures: [accuracy] });
    expect(page).not.toContain('differs</span>');
    expect(page).not.toContain('“differs” is in');
    expect(joinedLegend(joinResults([last, loss], accuracy)).join('\n')).toContain('“differs” is in loss: ');
  });
});
