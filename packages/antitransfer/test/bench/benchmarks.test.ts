import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const bench = join(import.meta.dirname, '../../../../bench');
const scripts = readdirSync(bench).filter((name) => name.endsWith('.mjs'));
const page = readFileSync(join(bench, '../docs/performance.md'), 'utf8');

const textOf = (name: string) => readFileSync(join(bench, name), 'utf8');
/** Each script's marks in the page of figures, between which it writes. */
const marks = scripts.flatMap((name) =>
  [...textOf(name).matchAll(/<!-- ([a-z-]+) -->/g)].map(([, mark]) => ({ name, mark: mark as string })),
);

// Nothing compiles them: what they take from the packages' insides may move away, and running them all takes hours.
describe('the benchmarks', () => {
  it.each(scripts)('bench/%s imports modules that are there', (name) => {
    const imported = [...textOf(name).matchAll(/from '(\.{1,2}\/[^']+)'/g)];
    const missing = imported.filter(([, module = '']) => !existsSync(join(bench, module)));
    expect(missing.map(([, module]) => module)).toEqual([]);
  });

  it('write their tables somewhere', () => {
    expect(marks.map(({ name }) => name)).toContain('experiment.mjs');
  });

  it.each(marks)('bench/$name finds the marks "$mark" that it writes between', ({ mark }) => {
    expect(page).toMatch(new RegExp(`<!-- ${mark} -->\n[^]*<!-- /${mark} -->`));
  });
});
