import { taskWord } from '../../../task-words.js';
import { html, type Markup } from '../../markup.js';
import type { OrthogonalTask } from '../../results.js';
import { named, theTasks } from '../../tasks.js';
import { removableFrom } from '../../verdict/verdict.js';
import { stripFigureOf } from './figure.js';
import { type Page, section } from './page.js';
import { likenessStrip, probeStrip } from './strip-figures.js';

/** What the network still knows of the orthogonal labels: the probe against chance, and CKA, task by task. */
export function forgettingSection(page: Page): Markup | undefined {
  if (page.summaries.every(({ n }) => n === 0)) return undefined;
  const { results } = page;
  const { tasks } = results;
  const [single] = tasks;
  return section(
    'forgetting',
    `Did it forget ${theTasks(tasks)}?`,
    tasks.length === 1
      ? html`Further left: ${theTasks(tasks)} is read less well by the probe, and the network is less like the ${taskWord(single)} network. ${HOW_TO_READ} ${before(page, single)}`
      : html`Further left: a label is read less well by its probe, and the network is less like the network of that label. ${HOW_TO_READ}`,
    html`${tasks.map((task) => taskFigures(page, task))}`,
  );
}

const HOW_TO_READ =
  'CKA is what objectives of that name push down, so only the probe is independent evidence of them, and neither says ' +
  'what the network relies on. A small dot is one run; the bar is the 95% confidence interval of the mean.';

/** Whether there was anything to remove. */
function before({ results, summaries }: Page, task: OrthogonalTask): string | undefined {
  return removableFrom(results, summaries, task)?.sentence;
}

function taskFigures(page: Page, task: OrthogonalTask): Markup {
  const { name } = task;
  const several = page.results.tasks.length > 1;
  return html`${
    several &&
    html`<h3>The ${name}</h3>
<p class="lead">${about(page, task)} ${before(page, task)}</p>`
  }${stripFigureOf(probeStrip(page, task))}${sampleNote(page, task)}
${stripFigureOf(likenessStrip(page, task))}`;
}

/** How many clips the probes read, where all would have taken too long. */
function sampleNote({ results }: Page, { name }: OrthogonalTask): Markup | undefined {
  const samples = results.runs.flatMap((run) => named(run.tasks, name).probe.sample ?? []);
  const [first] = samples;
  if (first === undefined) return undefined;
  const of = (all: number | undefined) => (all === undefined ? '' : ` of ${all}`);
  const clips = `${rangeOf(samples.map(({ vectors }) => vectors))}${of(first.of?.vectors)} clips`;
  const labels = `${rangeOf(samples.map((sample) => sample.labels))}${of(first.of?.labels)} labels`;
  return html`<p class="note">The probe read a sample, ${clips} with ${labels}, drawn by the seed: all would have taken too long.</p>`;
}

/** `600`, `580 to 600`. */
function rangeOf(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Which methods are to forget this task. */
function about({ results }: Page, { name }: OrthogonalTask): string {
  const labels = results.methods.filter(({ forgets }) => forgets.includes(name)).map(({ label }) => label);
  return labels.length === 0 ? 'No method is to forget it.' : `To forget it: ${labels.join('; ')}.`;
}
