import { formatShare } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { taskLabel } from '../../tasks.js';
import { definitions } from './definitions.js';
import { type Page, plural, section } from './page.js';

/** Which clips were used for what, and what is right by chance. */
export function dataSection({ results }: Page): Markup {
  const { split, target, tasks } = results;
  const { train, validation, test, penalty } = split.counts;
  return section(
    'data',
    'Data',
    html`${sentence(split.description)} Counts are those of the first seed or fold.`,
    definitions([
      ['training', plural(train, 'clip')],
      ['validation', plural(validation, 'clip')],
      ['test', plural(test, 'clip')],
      ...(penalty === undefined
        ? []
        : [['objectives', `${plural(penalty, 'clip')} of the orthogonal task`] as const]),
      [`${target.column} (to learn)`, `${target.classes.join(', ')}; ${byChance(target.chance)}`],
      ...tasks.map(
        (task) =>
          [
            `${taskLabel(results, task)} (to forget)`,
            `${task.classes.join(', ')}; ${byChance(task.chance)}`,
          ] as const,
      ),
    ]),
  );
}

function byChance(chance: number): string {
  return `${formatShare(chance)}% by always naming the most frequent`;
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
