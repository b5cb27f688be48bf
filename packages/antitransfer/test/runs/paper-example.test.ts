import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { networks } from '../../src/learning/networks/registry.js';
import { type ConfigTree, resolveConfig } from '../../src/runs/config/load.js';
import { methodsOf } from '../../src/runs/config/methods.js';
import { runTiny, sound } from './tiny.js';

const file = new URL('../../../../examples/paper/emotion-without-speaker.yaml', import.meta.url);
let root: string;
let tree: ConfigTree;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'paper-'));
  tree = parse(await readFile(file, 'utf8')) as ConfigTree;
  for (const [i, emotion] of ['happiness', 'sadness'].entries()) {
    for (const [j, speaker] of ['ann', 'bob'].entries()) {
      const folder = join(root, 'speech', emotion, speaker);
      await mkdir(folder, { recursive: true });
      for (let take = 0; take < 10; take++) {
        const samples = sound(i === 0 ? 'low' : 'high', speaker, 100 * i + 10 * j + take);
        await writeFile(join(folder, `${take}.wav`), samples);
      }
    }
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The example on recordings of 0.4 s, small enough to be trained in seconds. */
function small(changes: ConfigTree) {
  const data = { ...(tree.data as ConfigTree), path: join(root, 'speech') };
  const training = { ...(tree.training as ConfigTree), epochs: 2, batch: 6 };
  const network = { ...(tree.network as ConfigTree), width: 0.02 };
  const features = { sampleRate: 8000, seconds: 0.4, bins: 128, pool: 2 };
  const orthogonal = { column: 'speaker', training: { batch: 8 } };
  const all = { ...tree, data, training, network, features, orthogonal, segments: { hop: 0.4 }, ...changes };
  return resolveConfig(all, 'emotion-without-speaker.yaml');
}

describe("the paper's experiment as a configuration", () => {
  it('looks at the thirteen places of the released code, one a method', () => {
    const data = { ...(tree.data as ConfigTree), path: 'speech' };
    const { experiment } = resolveConfig({ ...tree, data }, 'emotion-without-speaker.yaml');
    const looks = methodsOf(experiment).flatMap(({ id, objectives }) =>
      objectives.map((objective) => [id, 'tap' in objective ? objective.tap : null]),
    );
    const { published } = networks.find('vgg16');
    const layers = Object.entries(published?.layers ?? {}).map(([tap, layer]) => [
      tap === published?.tap ? 'as-published' : `layer-${layer}`,
      tap,
    ]);
    expect(looks).toHaveLength(13);
    expect(new Set(looks.map(String))).toEqual(new Set(layers.map(String)));
  });

  it('runs, chooses by the penalty too, and plain training is what layer 0 does', async () => {
    const kept = ['no-transfer', 'weight-initialisation', 'as-published'];
    const methods = (tree.methods as (string | { id: string })[]).filter((method) =>
      typeof method === 'string' ? kept.includes(method) : method.id === 'layer-0',
    );
    const { experiment } = await runTiny(small({ methods, seeds: 1 }), root);
    const records = experiment.plan.methods.map(({ of, job }) => [of, experiment.records.get(job)] as const);
    const byMethod = new Map(records);
    const epochsOf = (method: string) => {
      const record = byMethod.get(method);
      if (record?.kind !== 'target') throw new Error(`${method} was not trained.`);
      return record.epochs;
    };
    for (const { validation } of epochsOf('as-published')) expect(validation.penalty).toBeGreaterThan(0);
    for (const { validation } of epochsOf('no-transfer')) expect(validation.penalty).toBeUndefined();
    const layer0 = epochsOf('layer-0');
    for (const { validation } of layer0) expect(validation.penalty).toBeCloseTo(1, 5);
    expect(layer0.map(({ train }) => train.crossEntropy)).toEqual(
      epochsOf('no-transfer').map(({ train }) => train.crossEntropy),
    );
  }, 240_000);
});
