import { Random } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import {
  formatInterval,
  formatPoints,
  formatShare,
  formatShares,
  formatUnits,
} from '../../../src/answers/format.js';
import { summarise } from '../../../src/answers/summary.js';
import { summaryTable } from '../../../src/answers/tables/terminal.js';
import { comparisonFixture } from '../page/fixture.js';

const results = comparisonFixture(new Random(3));
const summaries = summarise(results);

describe('summaryTable', () => {
  it('fits 100 columns and holds the numbers of the summaries', () => {
    const lines = summaryTable(results, summaries, { colour: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    for (const summary of summaries) {
      const line = lines.find((text) => text.includes(formatShares(summary.accuracy)))!;
      expect(line).toContain(summary.method.label.split(' ')[0]);
      expect(line).toContain(formatShare(summary.balancedAccuracy.mean));
      if (summary.gain)
        expect(line.replaceAll(/ +/g, ' ')).toContain(
          `${formatPoints(summary.gain.mean)} ${formatInterval(summary.gain)}`,
        );
    }
  });

  it('says how far confidence and accuracy are apart, where probabilities were scored', () => {
    const shown = summaryTable(results, summaries, { colour: false });
    expect(shown).toMatch(/ECE: expected calibration error/);
    for (const { calibration } of summaries) {
      const line = shown.split('\n').find((text) => text.includes(formatUnits(calibration.crossEntropy)))!;
      expect(line).toContain(formatShares(calibration.error));
      expect(line).toContain(formatUnits(calibration.brierScore));
    }
    const none = { n: 0, mean: undefined, deviation: undefined };
    const unscored = summaries.map((summary) => ({
      ...summary,
      calibration: { ...summary.calibration, error: none },
    }));
    expect(summaryTable(results, unscored, { colour: false })).not.toContain('ECE');
  });

  it('colours significant changes only where asked', () => {
    const control = String.fromCharCode(27);
    expect(summaryTable(results, summaries, { colour: false })).not.toContain(control);
    const coloured = summaryTable(results, summaries, { colour: true });
    expect(coloured).toContain(`${control}[32m+`);
    expect(coloured).toContain(`${control}[31m−`);
    const shuffled = coloured.split('\n').find((line) => line.includes('shuffled'))!;
    expect(shuffled).not.toContain(control);
  });

  it('leaves out the column of contradicting clips where there are none', () => {
    const plain = summaries.map((summary) => ({ ...summary, contradicting: undefined }));
    expect(summaryTable(results, plain, { colour: false })).not.toContain('Contra-');
    expect(summaryTable(results, summaries, { colour: false })).toContain('Contra-');
  });
});
