import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConfigFlags, applyConfigFlags } from '../../src/cli/config-flags.js';
import { configOf } from '../../src/cli/config-source.js';
import { configJsonSchema } from '../../src/runs/config/schema.js';

const file = `target: digit
orthogonal: { column: speaker }
data: { corpus: fsdd, path: recordings }
split: { kind: confounded, owners: 5, validation: balanced, fractions: { train: 0.5, validation: 0.25, test: 0.25 } }
methods: [no-transfer]
`;

let folder: string;
let path: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'antitransfer-flags-'));
  path = join(folder, 'mine.yaml');
  await writeFile(path, file);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a flag that changes the kind of a split', () => {
  const confounded = { kind: 'confounded', owners: 5, validation: 'balanced', fractions: { train: 0.5 } };

  it('leaves out what the new kind has not or means otherwise, and says so', () => {
    const { tree, leftOut } = applyConfigFlags(
      { split: confounded },
      { 'split.kind': 'k-fold', 'split.folds': '4' },
    );
    expect(tree).toEqual({ split: { kind: 'k-fold', folds: 4 } });
    expect(leftOut).toEqual(['split.owners', 'split.validation', 'split.fractions']);
  });

  it('keeps what both kinds have', () => {
    const { tree, leftOut } = applyConfigFlags({ split: confounded }, { 'split.kind': 'stratified' });
    expect(tree).toEqual({ split: { kind: 'stratified', fractions: { train: 0.5 } } });
    expect(leftOut).toEqual(['split.owners', 'split.validation']);
  });

  it('to the same or to none that there is leaves all', () => {
    for (const kind of ['confounded', 'sorted']) {
      expect(applyConfigFlags({ split: confounded }, { 'split.kind': kind })).toEqual({
        tree: { split: { ...confounded, kind } },
        leftOut: [],
      });
    }
  });

  it('is a whole configuration, whatever the file says', async () => {
    const { experiment } = await configOf(path, { 'split.kind': 'group', 'split.column': 'take' });
    expect(experiment.split).toMatchObject({ kind: 'group', column: 'take', fractions: { train: 0.5 } });
  });
});

describe('what is wrong', () => {
  it('is told of the flag that brought it, not of the file', async () => {
    await expect(configOf(path, { 'training.recompute': 'perhaps' })).rejects.toThrow(
      'What the flags say is not valid:\n  --training.recompute: "perhaps" is not true or false.',
    );
    await expect(configOf(path, { seeds: '1.5', methods: 'cka,gram' })).rejects.toThrow(
      /--seeds: 1\.5 is not a whole number\.\n|--methods: "cka,gram" is not a list, such as \[a, b\]/,
    );
  });

  it('is told of each, where both are', async () => {
    await writeFile(join(folder, 'both.yaml'), `${file}seeds: none\n`);
    await expect(configOf(join(folder, 'both.yaml'), { firstSeed: '-1' })).rejects.toThrow(
      /both\.yaml is not valid:\n {2}seeds: "none" is not a .*number\.\n {2}--firstSeed: -1 is out of range/,
    );
  });

  it('of a key of another kind names the kinds that have it', async () => {
    await expect(configOf(path, { 'split.folds': '3' })).rejects.toThrow(
      'split.folds: it is a key of k-fold, and this is "confounded".',
    );
  });
});

it('the help has a group for each part of the configuration, and every key', () => {
  const help = addConfigFlags(new Command('compare')).helpInformation();
  for (const [key, { properties, oneOf }] of Object.entries(
    configJsonSchema().properties as Record<string, { properties?: unknown; oneOf?: unknown }>,
  )) {
    expect(help).toMatch(
      properties || oneOf ? new RegExp(`^${key}:$`, 'm') : new RegExp(`^ +--${key}[ .]`, 'm'),
    );
  }
});
