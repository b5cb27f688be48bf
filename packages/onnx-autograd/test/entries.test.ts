import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The names that each entry of the package exports are a promise: a change of them is a line of fixtures/exported-names.json that
// somebody reads. After a change that is meant: ENTRIES=write npx vitest run packages/onnx-autograd/test/entries.test.ts

const source = new URL('../src/', import.meta.url);
const list = new URL('fixtures/exported-names.json', import.meta.url);

/** The entries by the name under which they are imported, and where they are written. */
const entries = {
  'onnx-autograd': 'index.ts',
  'onnx-autograd/browser': 'browser.ts',
  'onnx-autograd/random': 'random.ts',
  'onnx-autograd/profiling': 'profiling/index.ts',
  'onnx-autograd/internal': 'internal.ts',
} as const;

interface Names {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** The names that a file exports from others, or declares itself. */
function namesOf(file: string): Names {
  const text = readFileSync(new URL(file, source), 'utf8');
  const [values, types] = [new Set<string>(), new Set<string>()];
  for (const [, isType, names = ''] of text.matchAll(/^export (type )?\{([^}]*)\} from/gm)) {
    for (const part of names.split(',').map((name) => name.trim())) {
      if (part === '') continue;
      (isType || part.startsWith('type ') ? types : values).add(part.replace('type ', ''));
    }
  }
  for (const [, name = ''] of text.matchAll(/^export \* as (\w+) from/gm)) values.add(name);
  for (const [, name = ''] of text.matchAll(/^export (?:class|function|const) (\w+)/gm)) values.add(name);
  for (const [, name = ''] of text.matchAll(/^export (?:interface|type) (\w+)/gm)) types.add(name);
  for (const [, path = ''] of text.matchAll(/^export \* from '\.\/([^']+)\.js'/gm)) {
    const more = namesOf(`${path}.ts`);
    for (const name of more.values) values.add(name);
    for (const name of more.types) types.add(name);
  }
  return { values: [...values].sort(), types: [...types].sort() };
}

/** The names whose docstring says that they may change. */
function experimentalNames(): string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const declared = /@experimental\n \*\/\nexport (?:async )?(?:interface|type|function|class|const) (\w+)/g;
  const found = files.flatMap((file) =>
    [...readFileSync(new URL(file, source), 'utf8').matchAll(declared)].map(([, name = '']) => name),
  );
  return found.sort();
}

const found = Object.fromEntries(Object.entries(entries).map(([entry, file]) => [entry, namesOf(file)]));

describe('the entries of the package', () => {
  it('export the names that the list promises, with the same marks', () => {
    const all = { ...found, experimental: experimentalNames() };
    if (process.env.ENTRIES === 'write') writeFileSync(list, `${JSON.stringify(all, null, 2)}\n`);
    expect(all).toEqual(JSON.parse(readFileSync(list, 'utf8')));
  });

  it('mark only what they export', () => {
    const { values, types } = found['onnx-autograd'] as Names;
    expect([...values, ...types]).toEqual(expect.arrayContaining(experimentalNames()));
    expect(experimentalNames().length).toBeGreaterThan(0);
  });

  it.each(Object.keys(entries))('%s exports at run time what its source says', async (entry) => {
    const names = Object.keys((await import(entry)) as object);
    expect(names.sort()).toEqual(found[entry]?.values);
  });

  it('are those of package.json', () => {
    const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      exports: object;
    };
    const named = Object.keys(exports).map((path) => path.replace('.', 'onnx-autograd'));
    expect(named.sort()).toEqual([...Object.keys(entries), 'onnx-autograd/package.json'].sort());
  });
});

/** What a process has loaded of ONNX Runtime when it has run some code. */
function loadedBy(code: string): string[] {
  const script = `
    ${code}
    const { createRequire } = await import('node:module');
    const modules = Object.keys(createRequire(import.meta.url).cache);
    const libraries = process.report.getReport().sharedObjects;
    console.log(JSON.stringify([...modules, ...libraries].filter((path) => /onnxruntime/.test(path))));`;
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  return JSON.parse(text) as string[];
}

describe('ONNX Runtime, a native library,', () => {
  it.each(Object.keys(entries))('is not loaded by importing %s', (entry) => {
    expect(loadedBy(`await import('${entry}');`)).toEqual([]);
  });

  it('is loaded by running something', () => {
    const loaded = loadedBy(`
      const { Graph, openProgram } = await import('onnx-autograd');
      const graph = new Graph();
      graph.output(graph.apply('Relu', [graph.input('x', [1])]));
      await (await openProgram(graph)).close();`);
    expect(loaded.some((path) => path.endsWith('.node'))).toBe(true);
    expect(loaded.some((path) => path.endsWith('.js'))).toBe(true);
  });
});
