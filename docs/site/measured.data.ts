import { readFileSync } from 'node:fs';
import { repository } from './.vitepress/pages.js';

/** A row of README's table of results, as it stands there. */
export interface Measured {
  readonly question: string;
  /** accuracy without a method and with it, in percent */
  readonly without: number;
  readonly with: number;
  /** points with their interval */
  readonly gain: string;
  readonly control: string;
  /** whether the gain is significant after correction (bold in README) */
  readonly significant: boolean;
}

/** Filled in when the site is built. */
export declare const data: readonly Measured[];

const percent = (text: string) => {
  const [, value] = /^([\d.]+) %$/.exec(text) ?? [];
  if (value === undefined)
    throw new Error(`README.md, "What it measured": "${text}" is no accuracy in percent.`);
  return Number(value);
};

/** Markdown's marks and links, taken off. */
const plain = (text: string) => text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll(/[*`]/g, '');

/**
 * The rows of README's first table of results.
 *
 * @throws Error if README has none, or its columns are others: what the first page says is never a copy that is out of date
 */
export function measuredRows(readme: string): Measured[] {
  const [, section = ''] = /^## What it measured\n(.*?)^##? /ms.exec(readme) ?? [];
  const rows = section
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .find((part) => part.startsWith('| what is learned'))
    ?.split('\n')
    .slice(2);
  if (rows === undefined)
    throw new Error('README.md has no table "what is learned" below "What it measured".');
  return rows.map((row) => {
    const [, question = '', without = '', by = '', gain = '', control = ''] = row
      .split('|')
      .map((cell) => cell.trim());
    return {
      question: plain(question),
      without: percent(without),
      with: percent(by),
      gain: plain(gain),
      control,
      significant: gain.includes('**'),
    };
  });
}

export default {
  watch: [`${repository}/README.md`],
  load: (): Measured[] => measuredRows(readFileSync(`${repository}/README.md`, 'utf8')),
};
