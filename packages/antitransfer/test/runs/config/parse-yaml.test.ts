import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/runs/config/errors.js';
import { parseYaml } from '../../../src/runs/config/parse-yaml.js';

describe('YAML', () => {
  const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++) laughs.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`);

  it.each([
    ['an alias of nothing', 'name: x\ntarget: *where\n', /line 2: "\*where".*nothing is/],
    ['an alias of what it is in', 'name: x\n\nsplit: &s\n  kind: *s\n', /line 4: "\*s".*part of/],
    ['aliases of aliases of aliases', laughs.join('\n'), /line 9: aliases of aliases/],
    ['an open bracket', 'name: [x\n', /line 2/],
    ['a list', '- x\n', /must hold keys and values/],
  ])('%s is refused with its line', (_what, text, message) => {
    expect(() => parseYaml(text, 'my.yaml')).toThrow(ConfigError);
    expect(() => parseYaml(text, 'my.yaml')).toThrow(message);
  });

  it('may have honest aliases', () => {
    const text = 'training: &t { epochs: 2 }\nother: { <<: *t }\nagain: *t\n';
    expect(parseYaml(text, 'my.yaml')).toMatchObject({ again: { epochs: 2 } });
  });
});

it('a key << takes over the keys of what is marked elsewhere', () => {
  const tree = parseYaml('a: &a { epochs: 1, batch: 2 }\nb: { <<: *a, batch: 3 }\n', 'my.yaml');
  expect(tree.b).toEqual({ epochs: 1, batch: 3 });
});

it('keys are text as they are written: a label 01 is not 1', () => {
  const rules = parseYaml('data: { labels: { take: { rename: { 01: first, 1.0: one } } } }', 'my.yaml');
  expect(rules).toEqual({ data: { labels: { take: { rename: { '01': 'first', '1.0': 'one' } } } } });
});

it.each([
  ['name: a\n? [b, c]\n: d\n', 'my.yaml is not valid YAML: line 2: a key is a word'],
  ['name: a\n---\nname: b\n', 'my.yaml is not valid YAML: line 2: a second document begins behind "---"'],
  ['name:a\ntarget: b\n', 'my.yaml is not valid YAML: line 1: no key ends here'],
  ['split:\n  seed: 1\n  kind:random\nname: a\n', 'my.yaml is not valid YAML: line 3: no key ends here'],
  ['name: "a\n', 'Missing closing "quote'],
  ['name: a\ntarget: b: c\n', 'my.yaml is not valid YAML: line 2: a second colon stands behind a key'],
])('%j is told in words of the file', (text, message) => {
  expect(() => parseYaml(text, 'my.yaml')).toThrow(message);
});
