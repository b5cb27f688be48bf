import { taskWord } from '../../task-words.js';
import { heatMap } from '../charts/heat-map.js';
import { responsiveChart } from '../charts/plot.js';
import { formatShare } from '../format.js';
import { html, type Markup } from '../markup.js';
import { documentOf } from '../page/document.js';
import { figureOf } from '../page/sections/figure.js';
import { conjunction } from '../tasks.js';
import { alikeSentence, layerRows, type ShownTask, shownTasks } from './controls.js';
import { formatLikeness, type LayerMeasure, layerMean, layerMeasures, layerNetworks } from './measures.js';
import type { LayerResult, LayerResults } from './results.js';
import { layerChance } from './summaries.js';

/**
 * `analysis.html`: what every layer knows of each orthogonal task, as heat maps and a table with the controls. One page that
 * stands by itself; the same results always give the same page.
 */
export function renderLayers(results: LayerResults): string {
  return documentOf(
    `${results.name}: what the layers know`,
    html`<p class="kicker"><b>${results.name}</b></p>
<h1 class="verdict">What the layers know</h1>
<p class="lead">Networks that learned the ${results.target}, at every tap ${results.position} the activation function, averaged over time and frequency; means over ${seedsOf(results)}. “before training” are the first weights: what is read there, the training did not put there. What can be read need not be used.</p>
${shownTasks(results).map((task, at) => taskSection(results, task, at))}`,
  );
}

function seedsOf({ results }: LayerResults): string {
  const runs = new Set(results.map(({ seed, fold }) => `${seed} ${fold ?? ''}`)).size;
  return `${runs} ${runs === 1 ? 'repetition' : 'repetitions'}`;
}

function taskSection(results: LayerResults, task: ShownTask, at: number): Markup {
  const id = `task-${at + 1}`;
  const shown = layerMeasures.filter((measure) =>
    results.results.some((result) => result.task === task.name && measure.of(result) !== undefined),
  );
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${task.name}</h2>
<p class="lead">${[chanceOf(results, task.name), alikeSentence(task)].filter(Boolean).join(' ')}</p>
${shown.map((measure) => figure(results, task, id, measure))}
<details><summary>All numbers, with their controls</summary><div>${table(results, task)}</div></details>
</section>
`;
}

function chanceOf(results: LayerResults, task: string): string {
  const chance = layerChance(results, task);
  if (chance === undefined) return 'No probe was asked for.';
  const [low, high] = [formatShare(chance.low), formatShare(chance.high)];
  return `By always naming the most frequent label a probe is right in ${low === high ? low : `${low} to ${high}`}%. Probes hold whole recordings out.`;
}

function figure(results: LayerResults, task: ShownTask, id: string, measure: LayerMeasure): Markup {
  const rows = layerRows(results, task, measure);
  const { title, description, domain, format } = measure;
  const value = (row: number, column: number) => {
    const tap = results.taps[column];
    return tap === undefined ? undefined : rows[row]?.value(tap);
  };
  const controlled = rows.some(({ control }) => control !== undefined);
  const drawn = responsiveChart((width) =>
    heatMap({
      label: `${title}, ${task.name}, by network${controlled ? ' with its controls' : ''} and tap`,
      columns: results.taps,
      rows: rows.map(({ label }) => label),
      nameOf: (row) => rows[row]?.name ?? '',
      ...(controlled && { begins: rows.flatMap(({ control }, row) => (control === undefined ? [row] : [])) }),
      value,
      format,
      domain,
      width,
    }),
  );
  const note = controlNote(results, task, measure);
  return html`${figureOf(`${id}-${measure.id}`, html`${title} <small>${description}</small>`, drawn)}
${note && html`<p class="note">${note}</p>`}`;
}

/** What a map is to be compared with, below it; nothing where that is in the map, or another map. */
function controlNote(
  results: LayerResults,
  task: ShownTask,
  { id, controls }: LayerMeasure,
): string | undefined {
  if (controls !== undefined) return likenessNote(task);
  if (id !== 'linear' && id !== 'mlp') return undefined;
  const readings = results.results.flatMap((one) => (one.task === task.name ? (one[id] ?? []) : []));
  const range = (values: readonly number[]) => {
    const [low, high] = [formatShare(Math.min(...values)), formatShare(Math.max(...values))];
    return low === high ? low : `${low} to ${high}`;
  };
  const of = (part: 'chance' | 'control' | 'shuffled') => range(readings.map((reading) => reading[part]));
  return `Over networks, taps and repetitions: control labels ${of('control')}, shuffled labels ${of('shuffled')}, always naming the most frequent ${of('chance')}.`;
}

function likenessNote(task: ShownTask): string {
  const [own, others] = [
    task.beside.filter(({ column }) => column === task.column),
    task.beside.filter(({ column }) => column !== task.column),
  ].map((tasks) => conjunction(tasks.map(taskWord)));
  return [
    'Below each network its controls. Shuffled clips: each beside what the frozen network says of another one. Untrained network: the frozen one with its first weights.',
    ...(own ? [`Other networks of the ${task.column}: ${own}.`] : []),
    ...(others ? [`Of another task: ${others}.`] : []),
  ].join(' ');
}

type NumberColumn = readonly [
  heading: string,
  of: (result: LayerResult) => number | undefined,
  format: (value: number | undefined) => string,
  /** The task that it is about; the table's when absent. */
  about?: string,
];

/** What the table shows beside the heat maps. */
const columns: readonly NumberColumn[] = [
  ['linear', ({ linear }) => linear?.accuracy, formatShare],
  ['control', ({ linear }) => linear?.control, formatShare],
  ['shuffled', ({ linear }) => linear?.shuffled, formatShare],
  ['bits', ({ linear }) => linear?.bits, formatBits],
  ['non-linear', ({ mlp }) => mlp?.accuracy, formatShare],
  ['control', ({ mlp }) => mlp?.control, formatShare],
  ['shuffled', ({ mlp }) => mlp?.shuffled, formatShare],
  ['bits', ({ mlp }) => mlp?.bits, formatBits],
  ['CKA', ({ cka }) => cka?.value, formatLikeness],
  ['shuffled', ({ cka }) => cka?.shuffled, formatLikeness],
  ['untrained', ({ cka }) => cka?.untrained ?? undefined, formatLikeness],
  ['Gram', ({ gram }) => gram?.value, formatLikeness],
  ['shuffled', ({ gram }) => gram?.shuffled, formatLikeness],
  ['untrained', ({ gram }) => gram?.untrained ?? undefined, formatLikeness],
];

function formatBits(bits: number | undefined): string {
  return bits === undefined ? '–' : bits.toFixed(0);
}

function table(results: LayerResults, task: ShownTask): Markup {
  const all: readonly NumberColumn[] = [
    ...columns,
    ...task.beside.flatMap((other): NumberColumn[] => [
      [`CKA, ${taskWord(other)}`, ({ cka }) => cka?.value, formatLikeness, other.name],
      [`Gram, ${taskWord(other)}`, ({ gram }) => gram?.value, formatLikeness, other.name],
    ]),
  ];
  const rows = layerNetworks(results).flatMap(({ id, label }) =>
    results.taps.map(
      (tap) => html`<tr><th scope="row">${label}, ${tap}</th>
${all.map(([, of, format, about = task.name]) => html`<td>${format(layerMean(results, { of }, { method: id, task: about, tap }))}</td>`)}</tr>
`,
    ),
  );
  return html`<div class="scroll" role="region" aria-label="All numbers of ${task.name}" tabindex="0"><table class="results">
<thead><tr><th scope="col">Network, tap</th>
${all.map(([heading]) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="note"><b>Control</b>: control labels (Hewitt and Liang 2019), drawn for each pair of ${results.target} and ${task.column}: they mean nothing. <b>Shuffled</b>: of probes the labels, of likenesses the clips of the frozen network. <b>Bits</b>: of all labels by online coding (Voita and Titov 2020). <b>Untrained</b>: the frozen network with its first weights.</p>`;
}
