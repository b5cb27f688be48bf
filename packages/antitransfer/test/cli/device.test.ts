import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComparisonFolder } from '../../src/runs/folder/comparison-folder.js';
import { Store } from '../../src/runs/store/store.js';
import { type Found, findWebGpu } from '../devices/software-device.js';
import { expectRefused } from './refused.js';
import { run } from './run.js';
import { type SmallRun, smallRun } from './small-run.js';

/** A device that no machine of these tests' kind has. */
const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
const refused = new RegExp(`The device "${elsewhere}" is not available: .* What works here: .*cpu`);

let small: SmallRun;
let webgpu: Found;
beforeAll(async () => {
  webgpu = await findWebGpu();
  small = await smallRun();
}, 240_000);
afterAll(() => rm(small.folder, { recursive: true, force: true }));

const antitransfer = (...args: string[]) => run(small.folder, ...args);

describe('--device', () => {
  it.each([
    ['train', 'small.yaml', '--output', 'elsewhere'],
    ['compare', 'small.yaml', '--output', 'elsewhere'],
    ['compare', 'small.yaml', '--output', 'elsewhere', '--dry-run'],
    ['analyze', 'run'],
    ['bench', 'step', '--model', 'vgg-small', '--width', '0.1', '--tap', 'conv3_1'],
    ['predict', 'model.onnx', 'spoken'],
    ['evaluate', 'model.onnx', '--data', 'spoken'],
  ])('%s: one that is not there is said before anything is done', async (...args) => {
    expectRefused(await antitransfer(...args, '--device', elsewhere), refused);
    expect(await readdir(small.folder)).not.toContain('elsewhere');
  });

  it('that does not exist is named with those that do', async () => {
    const cuba = await antitransfer('predict', 'model.onnx', 'spoken', '--device', 'cuba');
    expectRefused(cuba, /must be one of .*cuda.*webgpu.*auto\. Did you mean "cuda"/);
    expectRefused(await antitransfer('train', 'small.yaml', '--device', 'cuba'), /--device.*"cuba".*cuda/);
  });

  it('auto trains on what works here, and what is recorded says which', async () => {
    const auto = ['train', 'small.yaml', '--method', 'no-transfer', '--seed', '4', '--device', 'auto'];
    const { code, err } = await antitransfer(...auto, '--training.epochs', '1', '--output', 'auto');
    expect(code, err).toBe(0);
    const folder = new ComparisonFolder(join(small.folder, 'auto'));
    const index = await folder.index();
    const { device = 'cpu' } = index?.experiment ?? {};
    expect(device).not.toBe('auto');
    const record = await new Store(join(small.folder, 'runs/store'))
      .job(index?.methods[0]?.job ?? '')
      .record();
    expect(record?.environment).toMatchObject({ device });
  }, 240_000);

  it('webgpu trains and answers beside what the processor did; reports say which', async ({ skip }) => {
    if ('why' in webgpu) return skip(webgpu.why);
    const steps = ['--training.epochs', '1', '--training.batch', '64', '--seeds', '1'];
    const args = ['compare', 'small.yaml', '--methods', '[no-transfer]', ...steps, '--device', 'webgpu'];
    const { code, err, out } = await antitransfer(...args, '--parallel', '2', '--output', 'gpu');
    expect(code, err).toBe(0);
    expect(err).toContain('Networks are computed by the device "webgpu", one job at a time.');
    expect(out).toContain('no-transfer');
    const index = await new ComparisonFolder(join(small.folder, 'gpu')).index();
    const store = new Store(join(small.folder, 'runs/store'));
    for (const id of index?.methods.flatMap(({ job, assessment }) => [job, assessment]) ?? []) {
      expect(await store.job(id).job()).toMatchObject({ device: 'webgpu' });
      expect((await store.job(id).record())?.environment).toMatchObject({ device: 'webgpu' });
    }
    const model = ['predict', 'model.onnx', 'spoken/george_0_0.wav', '--json'];
    const [cpu, gpu] = [await antitransfer(...model), await antitransfer(...model, '--device', 'webgpu')];
    expect(gpu.code, gpu.err).toBe(cpu.code);
  }, 600_000);
});
