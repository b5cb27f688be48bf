import { parseHTML } from 'linkedom';
import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { BeyondSeeds, beyondSeedsNote } from '../../../src/answers/beyond-seeds.js';
import {
  formatBounds,
  formatInterval,
  formatPoints,
  formatShares,
  formatUnits,
} from '../../../src/answers/format.js';
import { renderReport } from '../../../src/answers/page/html.js';
import { summarise } from '../../../src/answers/summary.js';
import { comparisonFixture } from './fixture.js';

const results = comparisonFixture(new Random(3));
const summaries = summarise(results);
const page = renderReport(results);

describe('a report', () => {
  it('shows over what a gain holds: other seeds, clips and speakers', () => {
    const { document } = parseHTML(page);
    const beyond = new BeyondSeeds(results);
    const rows = [...document.querySelectorAll('table.beyond tbody tr')];
    expect(rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))).toEqual(
      summaries
        .filter(({ reference }) => !reference)
        .map(({ gain, method }) => [
          formatPoints(gain!.mean),
          formatInterval(gain),
          formatBounds(beyond.interval(method.id, 'clip')),
          formatBounds(beyond.interval(method.id, 'speaker')),
        ]),
    );
    expect(document.querySelector('section[aria-labelledby="gain"] .note')!.textContent).toBe(
      beyondSeedsNote(beyond),
    );
  });

  it('shows how far probabilities can be believed, with a reliability diagram a method, folded away', () => {
    const { document } = parseHTML(page);
    const rows = [...document.querySelectorAll('section[aria-labelledby="calibration"] tbody tr')];
    expect(rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))).toEqual(
      summaries.map(({ calibration }) => [
        formatShares(calibration.error),
        formatUnits(calibration.brierScore),
        formatUnits(calibration.crossEntropy),
      ]),
    );
    const figures = [...document.querySelectorAll('details figure[data-figure^="reliability-"]')];
    expect(figures).toHaveLength(summaries.length);
    const counted = [...figures[0]!.querySelectorAll('title')].map(({ textContent }) =>
      Number(/: (\d+) answers/.exec(textContent ?? '')?.[1]),
    );
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(7 * 200);
  });
});
