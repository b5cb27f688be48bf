import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveConfig } from 'antitransfer';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Markdown files of these folders, below the repository. */
const folders = [
  '.',
  'docs',
  'docs/decisions',
  'packages/antitransfer',
  'packages/onnx-autograd',
  'examples',
  'examples/fsdd-confounded',
  'examples/fsdd-rivals',
  'examples/fsdd-unseen-speakers',
  'examples/instruments',
  'examples/paper',
  'examples/results',
];
const pages = folders.flatMap((folder) =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const read = (page: string) => readFileSync(join(repository, page), 'utf8');

describe('the documentation', () => {
  it('has its pages', () => {
    for (const page of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/method.md']) {
      expect(pages).toContain(page);
    }
  });

  it.each(pages)('%s: its links lead to files that exist', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const local = links.filter((link) => !/^(https?:|#)/.test(link)).map((link) => link.replace(/#.*$/, ''));
    expect(local.filter((link) => !existsSync(join(repository, dirname(page), link)))).toEqual([]);
  });

  const configured = pages.filter((page) => /^```yaml$/m.test(read(page)));
  it.each(configured)('%s: its configurations are valid', (page) => {
    const blocks = [...read(page).matchAll(/^```yaml\n(.*?)^```/gms)].map(([, code]) => code ?? '');
    for (const code of blocks) expect(resolveConfig(parse(code), page).experiment).toHaveProperty('methods');
  });
});
