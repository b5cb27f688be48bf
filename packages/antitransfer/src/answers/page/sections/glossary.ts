import { intervalCoverage } from '../../coverage.js';
import { html, type Markup } from '../../markup.js';
import { resamplingRatio } from '../../summary.js';
import { conjunction, theTasks } from '../../tasks.js';
import type { Page } from './page.js';
import { details } from './setup.js';

/** How to read this page: what each measure means, and what it does not say. */
export function glossary({ results }: Page): Markup {
  const { tasks } = results;
  const forgotten = theTasks(tasks);
  const ratio = resamplingRatio(results);
  const terms: [string, Markup][] = [
    [
      'Anti-transfer',
      html`A network is trained for one task (${results.target.column}) with a penalty for being alike, inside, to a frozen network that was trained for another (${conjunction(tasks.map((task) => task.name))}). The hope: what serves only to tell ${forgotten} is not used. Other methods have the same aim; “Methods” above says what each is, where it was published, and what it looks at.`,
    ],
    [
      'Chance',
      html`Accuracy of always naming the most frequent class of a test set. A method is above chance where the exact binomial test says so (one-sided, 5%), every test clip counted once, however many seeds answered about it; it has learned little where it is less than a tenth of the way from chance to 100%.`,
    ],
    [
      'Gain',
      html`Accuracy minus that of “${results.methods[0]?.label}” with the same seed, thus the same split and the same first weights, in percentage points, averaged over runs.`,
    ],
    [
      '95% confidence interval, p',
      html`From Student’s t distribution over the paired differences (two-sided). ${intervalCoverage(results)}${ratio !== undefined && html` The variance of the mean is (1/n + ${ratio.toFixed(2)}) s² in place of s²/n, with ${ratio.toFixed(2)} test clips a training clip.`}`,
    ],
    [
      'p, Holm',
      html`The same, corrected for the number of methods compared: with many methods, one looks good by luck. Findings on this page are those below 0.05 here. The largest of several gains is still a little flattered.`,
    ],
    [
      'Control',
      html`The same objective with nothing to learn from, such as the frozen features of other clips. If it gains as well, the gain comes from training with any such burden (a regulariser) and not from forgetting ${forgotten}.`,
    ],
    [
      'CKA',
      html`Linear centred kernel alignment between the activations of two networks on the same clips: 1 when they are alike up to a rotation and scale, 0 when they have nothing in common. It does not depend on the order of the channels.`,
    ],
    [
      'Probe',
      html`A linear classifier trained on the frozen activations to read ${forgotten}${tasks.length > 1 && ' (one for each)'}, tested on clips it did not see. At chance, the label cannot be read linearly; a stronger reader might still find it. What can be read need not be used: the probe does not measure reliance.`,
    ],
    [
      'UAR',
      html`Unweighted average recall, or balanced accuracy: the part of each class that is recognised, averaged. Small classes count as much as large ones.`,
    ],
    ['Macro-F1', html`The F1 score of each class, averaged: small classes count as much as large ones.`],
    [
      'As published, published elsewhere, this toolkit’s, yours',
      html`Methods marked “as published” are those of arXiv 2006.06494; those “published elsewhere” are no anti-transfer (their papers stand below “Methods”); “this toolkit’s” come with it by name; “yours” are written in the configuration of this comparison.`,
    ],
  ];
  return html`<section aria-label="How to read this">
${details('How to read this', html`<dl class="list">${terms.map(([term, text]) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}</dl>`)}
</section>
`;
}
