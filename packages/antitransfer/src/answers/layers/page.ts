import { heatMap } from '../charts/heat-map.js';
import { responsiveChart } from '../charts/plot.js';
import { formatShare } from '../format.js';
import { html, type Markup } from '../markup.js';
import { documentOf } from '../page/document.js';
import { figureOf } from '../page/sections/figure.js';
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
${results.tasks.map((task, at) => taskSection(results, task, at))}`,
  );
}

function seedsOf({ results }: LayerResults): string {
  const runs = new Set(results.map(({ seed, fold }) => `${seed} ${fold ?? ''}`)).size;
  return `${runs} ${runs === 1 ? 'repetition' : 'repetitions'}`;
}

function taskSection(results: LayerResults, task: string, at: number): Markup {
  const id = `task-${at + 1}`;
  const shown = layerMeasures.filter((measure) =>
    results.results.some((result) => result.task === task && measure.of(result) !== undefined),
  );
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${task}</h2>
<p class="lead">${chanceOf(results, task)}</p>
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

function figure(results: LayerResults, task: string, id: string, measure: LayerMeasure): Markup {
  const networks = layerNetworks(results);
  const { title, description, domain, format } = measure;
  const value = (row: number, column: number) => {
    const [network, tap] = [networks[row], results.taps[column]];
    return network === undefined || tap === undefined
      ? undefined
      : layerMean(results, measure, { method: network.id, task, tap });
  };
  const drawn = responsiveChart((width) =>
    heatMap({
      label: `${title}, ${task}, by network and tap`,
      columns: results.taps,
      rows: networks.map(({ label }) => label),
      value,
      format,
      domain,
      width,
    }),
  );
  return figureOf(`${id}-${measure.id}`, html`${title} <small>${description}</small>`, drawn);
}

/** What the table shows beside the heat maps. */
const columns: readonly (readonly [
  heading: string,
  of: (result: LayerResult) => number | undefined,
  format: (value: number | undefined) => string,
])[] = [
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

function table(results: LayerResults, task: string): Markup {
  const rows = layerNetworks(results).flatMap(({ id, label }) =>
    results.taps.map(
      (tap) => html`<tr><th scope="row">${label}, ${tap}</th>
${columns.map(([, of, format]) => html`<td>${format(layerMean(results, { of }, { method: id, task, tap }))}</td>`)}</tr>
`,
    ),
  );
  return html`<div class="scroll" role="region" aria-label="All numbers of ${task}" tabindex="0"><table class="results">
<thead><tr><th scope="col">Network, tap</th>
${columns.map(([heading]) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="note"><b>Control</b>: control labels (Hewitt and Liang 2019), drawn for each pair of ${results.target} and ${task}: they mean nothing. <b>Shuffled</b>: of probes the labels, of likenesses the clips of the frozen network. <b>Bits</b>: of all labels by online coding (Voita and Titov 2020). <b>Untrained</b>: the frozen network with its first weights.</p>`;
}
