import { describe, expect, it } from 'vitest';
import { sentence } from '../../src/cli/sentence.js';

/** As long as what predict, evaluate and data check say: 92 characters, wider than many terminals. */
const note = "Longer than the model's 0.4 s: 12 of 13 recordings, gone through in 5 windows, 0.25 s apart.";

describe('a sentence on a terminal', () => {
  it('is broken between words where the line ends, and goes on indented', () => {
    const lines = sentence(note, { columns: 80 }).split('\n');
    expect(lines.length).toBe(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.join(' ').replace(/ {2,}/, ' ')).toBe(note);
    expect(lines[1]).toMatch(/^ {2}\S/);
  });

  it('is whole where there is room, or no terminal', () => {
    expect(sentence(note, { columns: 120 })).toBe(note);
    expect(sentence(note, {})).toBe(note);
  });
});
