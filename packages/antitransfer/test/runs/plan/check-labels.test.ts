import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.js';
import type { ConfigTree } from '../../../src/runs/config/load.js';
import { drawSplits } from '../../../src/runs/data/draw-splits.js';
import { checkMethods } from '../../../src/runs/plan/check-methods.js';
import { tinyConfig, writeTiny } from '../tiny.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'labels-'));
  await writeTiny(join(root, 'corpus'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Another corpus to learn the orthogonal task from: clips of the first, with labels of its own. */
async function elsewhere(column: string, labels: readonly string[]): Promise<ConfigTree> {
  const paths = ['low', 'high'].flatMap((tone) =>
    ['ann', 'bob'].flatMap((who) => [0, 1, 2, 3, 4].map((take) => `corpus/${tone}-${who}-${take}.wav`)),
  );
  const rows = paths.map((path, i) => `${path},${labels[i % labels.length]}`);
  await writeFile(join(root, 'other.csv'), [`path,${column}`, ...rows, ''].join('\n'));
  return { column, data: { corpus: 'manifest', path: join(root, 'other.csv') } };
}

async function checked(changes: ConfigTree): Promise<void> {
  const { experiment } = tinyConfig(join(root, 'corpus'), changes);
  await checkMethods(experiment, await drawSplits(experiment));
}

const method = (objective: ConfigTree) => ['no-transfer', { id: 'mine', objectives: [objective] }];

it('an objective that looks at labels which the training clips lack is refused by name', async () => {
  const orthogonal = await elsewhere('emotion', ['glad', 'sad']);
  const refused = checked({ orthogonal, methods: method({ kind: 'coral' }) });
  await expect(refused).rejects.toThrow(UserError);
  await expect(checked({ orthogonal, methods: method({ kind: 'gradient-reversal' }) })).rejects.toThrow(
    /The method "mine" \(gradient-reversal\) looks at the emotion of training clips; "[^"]+\.wav" has none/,
  );
});

it('so are labels that the task does not know', async () => {
  const orthogonal = await elsewhere('speaker', ['ann', 'carla']);
  await expect(checked({ orthogonal, methods: method({ kind: 'coral' }) })).rejects.toThrow(
    /"mine" \(coral\) looks at the speaker .* has "bob", and the network knows ann, carla/,
  );
});

it('what looks at other clips, or at labels that are there, is not', async () => {
  const orthogonal = await elsewhere('emotion', ['glad', 'sad']);
  await checked({ orthogonal, methods: method({ kind: 'coral', clips: 'auxiliary' }) });
  await checked({ orthogonal, methods: method({ kind: 'balanced-sampling', over: 'class' }) });
  await checked({ methods: method({ kind: 'coral' }) });
});

it('the worst group cannot choose where validation clips are of none', async () => {
  const training = { choose: 'validation-worst-group-accuracy' };
  await checked({ training });
  const orthogonal = await elsewhere('emotion', ['glad', 'sad']);
  await expect(checked({ training, orthogonal })).rejects.toThrow(
    /training\.choose: validation-worst-group-accuracy compares digit by emotion .*none has the label emotion.*balanced-accuracy/,
  );
});
