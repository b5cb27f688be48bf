import { stringify } from 'yaml';
import { learnsLittle } from '../../../analysis/chance.js';
import { spread } from '../../../analysis/statistics.js';
import { objectives as kinds } from '../../../learning/objectives/registry.js';
import { taskWord } from '../../../task-words.js';
import { formatShare } from '../../format.js';
import { startOf } from '../../joined/looks.js';
import { html, type Markup } from '../../markup.js';
import type {
  CorrectionDescription,
  MethodDescription,
  ObjectiveDescription,
  OrthogonalTask,
} from '../../results.js';
import { removableFrom } from '../../verdict/verdict.js';
import { definitions } from './definitions.js';
import { methodName, type Page, plural } from './page.js';

/** How it was done: methods, orthogonal networks, settings, environment. Closed until wanted. */
export function setupSection(page: Page): Markup {
  const { results } = page;
  return html`<section aria-labelledby="setup">
<h2 id="setup">How it was done</h2>
${details('Methods', methods(page))}
${results.tasks.map((task) => details(`The ${taskWord(task)} network`, orthogonalNetwork(page, task)))}
${details('Settings', html`<pre tabindex="0" aria-label="Settings">${stringify(results.config)}</pre>`)}
${details('Environment', definitions(Object.entries(results.environment)))}
</section>
`;
}

/** A part of the page that opens on demand. */
export function details(summary: string, body: Markup): Markup {
  return html`<details><summary>${summary}</summary><div>${body}</div></details>`;
}

function methods(page: Page): Markup {
  return definitions(
    page.results.methods.map((method) => [
      methodName(page, method),
      html`${[whose(method), method.description, startText(page, method)].filter(Boolean).join(' ')}${method.objectives.map(
        (objective) => html`<p>${objectiveText(objective)}</p>`,
      )}${method.augmentation?.map(
        ({ kind, description, paper }) =>
          html`<p>On its training clips, ${kind}: ${description} (${paper}).</p>`,
      )}${method.correction && html`<p>${correctionText(page, method.correction)}</p>`}`,
    ]),
  );
}

/** Who thought of it. */
function whose({ own, published, control }: MethodDescription): string {
  if (own) return 'Yours.';
  if (control) return 'A control of this toolkit.';
  return published ? 'As published in arXiv 2006.06494.' : '';
}

/** What it has seen before its own training. */
function startText({ results }: Page, method: MethodDescription): string {
  const start = startOf(method);
  const other = results.methods.find(({ id }) => id === start);
  return other === undefined
    ? ''
    : `It starts from the networks of “${other.label}”, which have seen what stands there.`;
}

/** What joins the loss, where it was published, and what it looks at. */
function objectiveText(objective: ObjectiveDescription): string {
  const { kind, description, paper, published, similarity } = objective;
  const measure =
    similarity === null
      ? ''
      : ` Likeness is measured by ${similarity}, ${published ? 'as in the paper' : 'which is this toolkit’s and not the paper’s'}.`;
  return `${kind}: ${description} (${paper}).${measure} ${looksAt(objective)}`;
}

function looksAt({ seesLabels, clips, kind, forgets: label }: ObjectiveDescription): string {
  if (seesLabels) return `It looks at the ${label} of every training clip.`;
  if (clips === 'auxiliary') {
    return `It looks at the clips that the ${label} network learned from, whose ${label} is known, and not at the ${label} of training clips.`;
  }
  return kinds.members.find(({ name }) => name === kind)?.asksFrozen
    ? `It asks the ${label} network about the training clips, and not for their ${label}.`
    : `It does not look at the ${label} of training clips.`;
}

/** What was done to the trained networks, where it was published, and what it looked at. */
function correctionText({ results }: Page, correction: CorrectionDescription): string {
  const { kind, description, paper, method } = correction;
  const other = method === null ? undefined : results.methods.find(({ id }) => id === method);
  const whose = other === undefined ? '' : ` The networks are those of “${other.label}”.`;
  return `After training, ${kind}: ${description} (${paper}).${whose} ${correctionLooksAt(correction)}`;
}

function correctionLooksAt({ learnsFrom, labels, forgets }: CorrectionDescription): string {
  const learns =
    learnsFrom === 'validation'
      ? 'It learns from the target labels of validation clips, by which other methods only choose an epoch'
      : 'It learns from the target labels of training clips';
  switch (labels) {
    case 'none':
      return `${learns}, and looks at no label that is to be forgotten.`;
    case 'auxiliary':
      return `${learns}, and looks at the ${forgets} of the clips that the ${forgets} network learned from.`;
    case 'training':
    case 'validation':
      return `${learns}, and looks at the ${forgets} of every ${labels} clip.`;
  }
}

function orthogonalNetwork(page: Page, task: OrthogonalTask): Markup {
  const { results, summaries } = page;
  const { accuracies, chance, given } = task.network;
  const accuracy = spread(accuracies).mean;
  const removable = removableFrom(results, summaries, task)?.sentence;
  const doubt =
    given && accuracy !== undefined && learnsLittle(accuracy, chance)
      ? ' This low, they are others, or in another order, or it knows little.'
      : '';
  return definitions([
    [
      'accuracy on clips it did not see',
      `${formatShare(accuracy)}%, ${formatShare(chance)}% by chance (${plural(accuracies.length, 'test')})`,
    ],
    ...(given
      ? [
          [
            'given',
            `It was trained elsewhere: a file was given. Its accuracy means something only if its outputs are ${task.classes.join(', ')}, in this order.${doubt}`,
          ] as const,
        ]
      : []),
    ...(removable === undefined ? [] : [['anything to remove?', removable] as const]),
  ]);
}
