import type { DataAccount } from '../../../data/account/account.js';
import { accountLines, classRows } from '../../../data/account/text.js';
import { formatShare } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { definitions } from './definitions.js';
import { type Page, plural, section } from './page.js';
import { details } from './setup.js';

/** Which clips were used for what, what is right by chance, and what became of everything that was found. */
export function dataSection({ results }: Page): Markup {
  const { split, target, tasks, data } = results;
  const { train, validation, test, penalty } = split.counts;
  return section(
    'data',
    'Data',
    html`${sentence(split.description)} Counts are those of the first seed or fold.`,
    html`${definitions([
      ['training', plural(train, 'clip')],
      ['validation', plural(validation, 'clip')],
      ['test', plural(test, 'clip')],
      ...(penalty === undefined
        ? []
        : [['objectives', `${plural(penalty, 'clip')} of the orthogonal task`] as const]),
      [`${target.column} (to learn)`, `${target.classes.join(', ')}; ${byChance(target.chance)}`],
      ...tasks.map(
        (task) =>
          [`${task.name} (to forget)`, `${task.classes.join(', ')}; ${byChance(task.chance)}`] as const,
      ),
    ])}${details('What was counted', counted(data))}`,
  );
}

/** What was found, left out, cut and kept together, and the clips of each class: a range where seeds differ. */
function counted(account: DataAccount): Markup {
  const rows = classRows(account).map(
    ({ label, train, validation, test }) =>
      [label, `training ${train}, validation ${validation}, test ${test}`] as const,
  );
  return html`${accountLines(account).map((line) => html`<p>${line}</p>`)}${definitions(rows)}`;
}

function byChance(chance: number): string {
  return `${formatShare(chance)}% by always naming the most frequent`;
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
