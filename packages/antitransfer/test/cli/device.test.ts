import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { LayersProfile } from '../../src/bench/layers.js';
import { ComparisonFolder } from '../../src/runs/folder/comparison-folder.js';
import { Store } from '../../src/runs/store/store.js';
import { type Found, findWebGpu } from '../devices/software-device.js';
import { tinyTree, writeTiny } from '../runs/tiny.js';
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
    ['bench', 'layers', '--model', 'vgg-small', '--width', '0.1', '--tap', 'conv3_1'],
    ['predict', 'model.onnx', 'spoken'],
    ['evaluate', 'model.onnx', '--data', 'spoken'],
  ])('%s: one that is not there is said before anything is done', async (...args) => {
    expectRefused(await antitransfer(...args, '--device', elsewhere), refused);
    const left = await readdir(join(small.folder, 'elsewhere'), { recursive: true }).catch(() => []);
    expect(left).toEqual([]);
  });

  it('that does not exist is named with those that do', async () => {
    const cuba = await antitransfer('predict', 'model.onnx', 'spoken', '--device', 'cuba');
    expectRefused(cuba, /must be one of .*cuda.*webgpu.*auto\. Did you mean cuda/);
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

  it('webgpu trains, tests and answers; what is recorded says so', async ({ skip }) => {
    if ('why' in webgpu) return skip(webgpu.why);
    // One step a training: a software adapter takes seconds for each.
    await writeTiny(join(small.folder, 'tiny'));
    const tiny = { ...tinyTree('tiny'), training: { epochs: 1, batch: 12 }, methods: ['no-transfer'] };
    await writeFile(join(small.folder, 'tiny.yaml'), stringify(tiny));
    const args = ['compare', 'tiny.yaml', '--device', 'webgpu', '--parallel', '2', '--output', 'gpu'];
    const { code, err, out } = await antitransfer(...args);
    expect(code, err).toBe(0);
    expect(err).toContain('Networks are computed by the device "webgpu", one job at a time.');
    expect(out).toContain('no transfer');
    const index = await new ComparisonFolder(join(small.folder, 'gpu')).index();
    const store = new Store(join(small.folder, 'runs/store'));
    const jobs = index?.methods.flatMap(({ job, assessment }) => [job, assessment]) ?? [];
    expect(jobs).toHaveLength(2);
    for (const id of jobs) {
      expect(await store.job(id).job()).toMatchObject({ device: 'webgpu' });
      expect((await store.job(id).record())?.environment).toMatchObject({ device: 'webgpu' });
    }
    expect(await readFile(join(small.folder, 'gpu', 'report.html'), 'utf8')).toMatch(/device<.*?webgpu/s);
    expect(await readFile(join(small.folder, 'gpu', 'config.yaml'), 'utf8')).toContain('device: webgpu');
  }, 900_000);

  it('webgpu says where the time of a step goes, by its own clock', async ({ skip }) => {
    if ('why' in webgpu) return skip(webgpu.why);
    const step = ['--width', '0.05', '--input', '1x32x32', '--batch', '2', '--steps', '1', '--plain'];
    const layers = async (device: string) => {
      const { code, err, out } = await antitransfer('bench', 'layers', ...step, '--device', device, '--json');
      expect(code, err).toBe(0);
      return JSON.parse(out) as LayersProfile;
    };
    const [cpu, gpu] = [await layers('cpu'), await layers('webgpu')];
    expect([cpu.device, gpu.device]).toEqual(['cpu', 'webgpu']);
    const namesOf = ({ step: { layers: all } }: LayersProfile) => all.map(({ layer }) => layer).sort();
    expect(namesOf(gpu)).toEqual(namesOf(cpu));
    for (const { layer, gigaflops, forward, filterGradient } of gpu.step.layers) {
      expect(cpu.step.layers.find((one) => one.layer === layer)?.gigaflops).toBeCloseTo(gigaflops, 9);
      expect(forward.milliseconds).toBeGreaterThan(0);
      if (layer.startsWith('conv')) expect(filterGradient?.milliseconds).toBeGreaterThan(0);
    }
    // Handing nodes to a device takes microseconds each: on a software adapter next to nothing of the run.
    expect(gpu.step.nodes).toBeLessThanOrEqual(gpu.step.run);
    expect(gpu.step.nodes).toBeGreaterThan(gpu.step.run / 10);
    expect(gpu.matrixProduct).toBeLessThan(cpu.matrixProduct);
  }, 300_000);

  it('webgpu answers what the processor answers', async ({ skip }) => {
    if ('why' in webgpu) return skip(webgpu.why);
    const [clip = ''] = (await readdir(join(small.folder, 'spoken'))).filter((name) => name.endsWith('.wav'));
    const answers = await Promise.all(
      ['cpu', 'webgpu'].map(async (device) => {
        const args = ['predict', 'model.onnx', join('spoken', clip), '--format', 'csv', '--device', device];
        const { code, err, out } = await antitransfer(...args);
        expect(code, err).toBe(0);
        return out.trim().split(/[\n,]/);
      }),
    );
    const [cpu = [], gpu = []] = answers;
    expect(cpu.length).toBeGreaterThan(10);
    for (const [i, value] of cpu.entries()) {
      if (Number.isNaN(Number(value))) expect(gpu[i]).toBe(value);
      else expect(Number(gpu[i])).toBeCloseTo(Number(value), 4);
    }
  }, 300_000);
});
