import { resolveConfig } from 'antitransfer';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pages, parsePage, read } from './markdown.js';

const configurations = pages.flatMap((page) =>
  parsePage(read(page))
    .blocks.filter(({ language }) => language === 'yaml')
    .map(({ code, line }) => ({ page, line, code })),
);

describe('configurations in the documentation', () => {
  it('are found', () => {
    expect(new Set(configurations.map(({ page }) => page))).toContain('README.md');
    expect(configurations.length).toBeGreaterThan(6);
  });

  /** What a block that shows some keys only is a part of. */
  const rest = { target: 'word', split: { kind: 'stratified' }, methods: ['no-transfer'] };

  it.each(configurations)('$page:$line is valid', ({ page, code }) => {
    const shown = parse(code) as Record<string, unknown>;
    const whole = 'target' in shown ? shown : { ...rest, ...shown };
    expect(resolveConfig(whole, page).experiment).toHaveProperty('methods');
  });
});
