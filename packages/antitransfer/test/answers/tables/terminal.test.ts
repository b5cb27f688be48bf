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

  it.each([60, 80, 100])('says what each method may look at, in %i columns', (width) => {
    const [, , gram, auxiliary] = results.methods;
    if (gram === undefined || auxiliary === undefined) expect.fail('too few methods');
    const learned = { kind: 'deep-feature-reweighting', description: '', paper: '' };
    const methods = results.methods.map((method) => {
      if (method === gram) return { ...gram, start: auxiliary.id };
      if (method !== auxiliary) return method;
      const ofTraining = auxiliary.objectives.map((one) => ({ ...one, kind: 'vrex', seesLabels: true }));
      const correction = { ...learned, method: null, forgets: null, labels: 'none' as const };
      const learns = { ...correction, learnsFrom: 'validation' as const };
      return { ...auxiliary, objectives: ofTraining, correction: learns };
    });
    const changed = { ...results, methods, config: { ...results.config, training: { choose: 'last' } } };
    const text = summaryTable(changed, summarise(changed), { colour: false, width });
    const lines = text.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    // A long name goes on in the next line: its cells are in the first.
    const rowsOf = (label: string) => lines.filter((line) => line.includes(label.slice(0, 8)));
    expect(rowsOf('no transfer').some((line) => / – +ignores$/.test(line))).toBe(true);
    expect(rowsOf(gram.label).some((line) => / train\+orth +learns$/.test(line))).toBe(true);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('through a method that it starts from or corrects');
    expect(text).not.toMatch(/chosen\s+by\s+the\s+worst\s+group/);
  });

  it('counts labels of validation clips as seen where the worst group of them chooses the epoch', () => {
    const training = { choose: 'validation-worst-group-accuracy' };
    const chosen = { ...results, config: { ...results.config, training } };
    const text = summaryTable(chosen, summaries, { colour: false, width: 80 });
    expect(text.match(/ valid(\+orth)? +chooses$/gm)).toHaveLength(results.methods.length);
    expect(text).toMatch(/chosen\s+by\s+the\s+worst\s+group/);
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

  it('tells tasks apart whose names begin alike, and quotes names that are no label column', () => {
    const names = ['another-seed', 'another-speaker', 'another-seedling_of_room'];
    const otherTasks = names.map((name) => ({
      name,
      column: 'speaker',
      classes: ['a', 'b'],
      removable: 0.5,
    }));
    const several = comparisonFixture(new Random(3), { otherTasks });
    const shown = summaryTable(several, summarise(several), { colour: false, width: 80 });
    const lines = shown.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(shown).not.toContain('…');
    const rows = lines.map((line) => line.trim().split(/ +/));
    for (const part of [['another-'], ['seed'], ['speaker'], ['seedling_', 'of_room']].flat())
      expect(rows.some((row) => row.some((word) => word === part))).toBe(true);
    const text = shown.replaceAll(/\s+/g, ' ');
    expect(text).toContain('(probe of the speaker)');
    expect(text).toContain('(probe of “another-seed”)');
  });

  it('leaves out the column of contradicting clips where there are none', () => {
    const plain = summaries.map((summary) => ({ ...summary, contradicting: undefined }));
    expect(summaryTable(results, plain, { colour: false })).not.toContain('Contra-');
    expect(summaryTable(results, summaries, { colour: false })).toContain('Contra-');
  });
});
