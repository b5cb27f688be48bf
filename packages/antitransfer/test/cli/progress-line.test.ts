import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressLine } from '../../src/cli/progress-line.js';

/** A stream as a terminal is one, and what was written to it since it was asked last. */
function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  const through = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  return {
    stream: through as unknown as NodeJS.WriteStream,
    written: () => (through.read() as Buffer | null)?.toString() ?? '',
  };
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[a-zA-Z]`, 'g');

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('the line that says how far long work is', () => {
  it('tells the part that is done, and after a while how long the rest may take', () => {
    const { stream, written } = terminal(true);
    const line = new ProgressLine('Labelling', stream);
    vi.advanceTimersByTime(1000);
    line.show('0 of 2 recordings', 0.1);
    expect(written()).toMatch(/Labelling … 0 of 2 recordings, 10 %(?!, about)/);
    vi.advanceTimersByTime(19_000);
    line.show('1 of 2 recordings', 0.25);
    expect(written()).toContain('Labelling … 1 of 2 recordings, 25 %, about 60 s left');
    vi.advanceTimersByTime(50);
    line.show('1 of 2 recordings', 0.26);
    expect(written(), 'drawn ten times a second at most').toBe('');
    line.count({ done: 2, total: 2 });
    expect(written(), 'but the end always').toContain('Labelling … 2 of 2, 100 %');
  });

  it('is cut where the terminal ends, what was done last before anything else', () => {
    const { stream, written } = terminal(true);
    const line = new ProgressLine('Looking at', stream);
    vi.advanceTimersByTime(60_000);
    line.part({ done: 14, total: 15 }, 'conditional-adversary-auxiliary/1 conv4_2', 'layers');
    const text = written().replaceAll(escapes, '').trimEnd();
    expect(text).toMatch(/^Looking at … 14 of 15 layers, 93 %, about 4 s left; conditional-.+…$/);
    expect(text).toHaveLength(79);
  });

  it('tells of parts with names one below the other in a pipe', () => {
    const { stream, written } = terminal(false);
    const line = new ProgressLine('Looking at', stream);
    line.part({ done: 1, total: 12 }, 'no-transfer/1 conv4_2', 'layers');
    line.part({ done: 12, total: 12 }, 'cka/1 conv4_2', 'layers');
    line.finish();
    expect(written()).toBe('[1/12]   no-transfer/1 conv4_2\n[12/12]  cka/1 conv4_2\n');
  });

  it('is not drawn where nobody watches', () => {
    const { stream, written } = terminal(false);
    const line = new ProgressLine('Labelling', stream);
    vi.advanceTimersByTime(5000);
    line.show('1 of 2 recordings', 0.5);
    line.finish();
    expect(written()).toBe('');
  });
});
