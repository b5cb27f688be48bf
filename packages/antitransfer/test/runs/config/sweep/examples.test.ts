import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from 'onnx-autograd';
import { expect, it } from 'vitest';
import { buildNetwork } from '../../../../src/learning/networks/registry.js';
import { readConfigFile } from '../../../../src/runs/config/load.js';
import { methodsOf } from '../../../../src/runs/config/methods.js';
import { expandSweep, resolveCells } from '../../../../src/runs/config/sweep/cells.js';

it('the example is twelve comparisons that fit', async () => {
  const file = fileURLToPath(new URL('../../../../../../examples/sweeps/fsdd-taps.yaml', import.meta.url));
  const cells = resolveCells(expandSweep(await readConfigFile(file), file), file);
  expect(cells).toHaveLength(12);
  const { taps } = buildNetwork('vgg-small', { input: [1, 62, 32], classes: 10, random: new Random(1) });
  for (const { config } of cells) {
    expect([...taps.keys()]).toContain(config.experiment.tap);
    expect(methodsOf(config.experiment)[1]?.objectives[0]).toMatchObject({ clips: 'auxiliary' });
  }
});

it('the paper’s table on free corpora is seven rows at two places of its network', async () => {
  const file = fileURLToPath(new URL('../../../../../../examples/sweeps/free-corpora.yaml', import.meta.url));
  const cells = resolveCells(expandSweep(await readConfigFile(file), file), file);
  expect(cells.map(({ name }) => name).filter((name) => name.endsWith('--tap-conv5_2'))).toEqual(
    ['emotions-random', 'emotions-by-speaker', 'digits-random', 'digits-by-speaker']
      .concat(['words-clean', 'words-noisy', 'words-noisier'])
      .map((row) => `${row}--tap-conv5_2`),
  );
  expect(cells).toHaveLength(14);
  const corpora = join(file, '..', 'corpora');
  for (const { name, config } of cells) {
    const { data, network, orthogonal, features } = config.experiment;
    expect(network).toMatchObject({ name: 'vgg16', width: 0.25, initialisation: 'as-published' });
    expect(data.path?.startsWith(corpora)).toBe(true);
    expect(orthogonal.map((task) => task.name)).toEqual(['own', 'other']);
    expect(orthogonal[1]?.data?.path?.startsWith(corpora)).toBe(true);
    expect(features.seconds).toBe(name.startsWith('emotions') ? 2 : 1);
    expect(data.noise).toBe(/nois/.test(name) ? join(corpora, 'noise') : null);
  }
});
