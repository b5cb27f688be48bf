import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProcess } from './data/features/built-process.js';

const root = new URL('..', import.meta.url);
const { exports: entries } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
};

/** The entries that are code: `antitransfer/runs` and its source. */
const modules = Object.entries(entries).flatMap(([path, target]) =>
  typeof target === 'string'
    ? []
    : [{ path, source: target.default.replace('./dist/', 'src/').replace(/[.]js$/, '.ts') }],
);

/** Names that an entry lists, types marked as such. An entry holds nothing but lists: no `export *`, no code. */
function listed(source: string): string[] {
  const text = readFileSync(new URL(source, root), 'utf8').replaceAll(/\/\/.*/g, '');
  const lists = [...text.matchAll(/export (type )?\{([^}]*)\} from '[^']+';/g)];
  expect(text.replaceAll(/export (type )?\{[^}]*\} from '[^']+';/g, '').trim()).toBe('');
  return lists.flatMap(([, type, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
      .map((name) => (type === undefined || name.startsWith('type ') ? name : `type ${name}`)),
  );
}

/** A list that is compared with a committed one: what changes here changes for users. */
function listFile(path: string): string {
  const name = path === '.' ? 'index' : path.slice(2);
  return fileURLToPath(new URL(`test/fixtures/exports/${name}.txt`, root));
}

it('there are entries to look at', () => {
  expect(modules.map(({ path }) => path)).toEqual([
    '.',
    './runs',
    './answers',
    './report',
    './charts',
    './listening',
    './browser',
    './browser/capture',
  ]);
});

describe.each(modules)('antitransfer/$path', ({ path, source }) => {
  it('exports the names that are committed: run vitest with -u when a change is meant', async () => {
    const names = listed(source).sort();
    expect(new Set(names).size).toBe(names.length);
    await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(listFile(path));
  });

  it('has the values that it lists', async () => {
    const values = listed(source).filter((name) => !name.startsWith('type '));
    const module: object = await import(new URL(source, root).href);
    expect(Object.keys(module).sort()).toEqual(values.sort());
  });
});

// The main entry and that of runs load it when the first program is opened.
it.each([
  'index.js',
  'runs/index.js',
  'answers/index.js',
  'answers/page/index.js',
  'answers/page/charts.js',
  'browser/index.js',
])('%s loads no ONNX Runtime', async (file) => {
  const address = JSON.stringify(new URL(`dist/${file}`, root).href);
  const program = `await import(${address});
    const { sharedObjects } = process.report.getReport();
    console.log(JSON.stringify(sharedObjects.filter((path) => path.includes('onnxruntime'))));`;
  expect(await runProcess(program)).toEqual([]);
});
