import { SIGNIFICANCE } from '../../../analysis/statistics.js';
import type { Figure } from '../../figures/figure.js';
import { equationOfP, formatPoints } from '../../format.js';
import { html, type Markup } from '../../markup.js';
import { section } from '../../page/sections/page.js';
import type { LayerwiseGains, TapSeries } from '../layerwise/gains.js';
import { wholeFigure } from './whole-figure.js';

/**
 * Gains by the tap, with what validation chooses beside the best on the test; nothing where there are no figures.
 *
 * @param figures one for each of the gains
 */
export function layerwiseSection(all: readonly LayerwiseGains[], figures: readonly Figure[]): Markup | false {
  if (figures.length === 0) return false;
  const unordered = all.some(({ ordered }) => !ordered);
  return section(
    'layerwise',
    'Where to look',
    html`Gain in accuracy of methods that differ in the tap only, over the reference, paired; taps in the order of the ${unordered ? 'layers, those of a network that was given as a file in the order of their names' : 'network’s layers'}. A bar is a 95% confidence interval, cut at the frame, and not corrected for the number of taps. The diamond is the tap that was best on validation clips, as one would choose it. The ring is the best one on the test: it is chosen by the very clips that measure it, so its gain is flattered.`,
    html`${figures.map(
      (figure, i) => html`${wholeFigure(figure)}${choices(all[i])}
`,
    )}`,
  );
}

/** Both choices of every series in words. */
function choices(gains: LayerwiseGains | undefined): Markup | false {
  return (
    gains !== undefined &&
    html`<ul class="note">${gains.series.map(
      (series) => html`<li><b>${series.name}</b>: ${choiceOf(series)}. ${significant(series)}</li>`,
    )}</ul>`
  );
}

function choiceOf({ chosen, best }: TapSeries): Markup {
  const byTest = best && html`${best.tap} (${formatPoints(best.gain.mean)})`;
  if (chosen === undefined)
    return html`nothing to choose by${byTest && html`; the best on the test, chosen on the test, is ${byTest}`}`;
  const byValidation = html`validation chooses ${chosen.tap} (${formatPoints(chosen.gain.mean)} points)`;
  if (chosen === best) return html`${byValidation}, which is the best on the test, too`;
  return html`${byValidation}${byTest && html`; the best on the test, chosen on the test, is ${byTest}`}`;
}

/** Which taps differ from the reference, of all that the figure shows. */
function significant({ points }: TapSeries): string {
  const taps = points.flatMap(({ tap, gain, pHolm }) =>
    pHolm !== undefined && pHolm < SIGNIFICANCE
      ? [`${tap} (${formatPoints(gain.mean)}, ${equationOfP(pHolm)})`]
      : [],
  );
  const differ =
    taps.length === 0
      ? 'no tap differs from the reference'
      : `these differ from the reference: ${taps.join(', ')}`;
  return `After Holm’s correction for all methods and taps of the figure, ${differ}.`;
}
