import { type Device, type Feeds, findDevice, float32, int64, type Program, Random } from 'onnx-autograd';
import { matrixProductSpeed, type Profile, profileProgram } from 'onnx-autograd/profiling';
import { CLASSES, programsOf, type StepSettings } from './settings.js';

export interface LayersProfile {
  /** What computed. */
  readonly device: Device;
  /** Forward and backward pass; what the frozen network says is fed. */
  readonly step: Profile;
  /** The frozen network, where a step runs it. */
  readonly frozen: Profile | undefined;
  /** Of a matrix product, in GFLOP/s. */
  readonly matrixProduct: number;
  /** Rows and columns of its factors. */
  readonly matrixSize: number;
}

/** GFLOP/s of a device below which a matrix product of 2048 lasts longer than a second or two. */
const SLOW = 10;

/**
 * Where the time of a training step goes, on noise; the optimizer is not in it.
 *
 * @throws UserError when the tap does not exist.
 * @throws DeviceUnavailableError when the device cannot be had here, or does not tell how long its operators take.
 */
export async function profileLayers(settings: StepSettings): Promise<LayersProfile> {
  const { batch, threads, steps, cached } = settings;
  const device = await findDevice(settings.device ?? 'cpu');
  const { programs } = programsOf(settings);
  const { train, frozen, weights } = programs;
  const measure = (program: Program) =>
    profileProgram({ program, weights, feeds: noise(program, batch), threads, device, runs: steps });
  const machine = { threads, device, runs: steps };
  const matrixSize = await matrixSizeOn(device, threads);
  const before = await matrixProductSpeed(machine, matrixSize);
  const step = await measure(train);
  const [asked] = frozen.values();
  const frozenProfile = asked === undefined || cached ? undefined : await measure(asked.program);
  // The machine may be busy at one end.
  const matrixProduct = Math.max(before, await matrixProductSpeed(machine, matrixSize));
  return { device, step, frozen: frozenProfile, matrixProduct, matrixSize };
}

/** A large matrix product takes a software adapter minutes. */
async function matrixSizeOn(device: Device, threads: number): Promise<number> {
  const [large, small] = [2048, 256];
  if (device === 'cpu') return large;
  const speed = await matrixProductSpeed({ threads, device, runs: 1 }, small);
  return speed < SLOW ? small : large;
}

function noise(program: Program, batch: number): Feeds {
  const random = new Random(3);
  const tensors = program.inputs.map(({ name, type, shape }) => {
    const dims = shape.map((size) => (typeof size === 'number' ? size : batch));
    const length = dims.reduce((a, b) => a * b, 1);
    const tensor =
      type === 'int64'
        ? int64(
            Array.from({ length }, (_, i) => i % CLASSES),
            dims,
          )
        : float32(
            Float32Array.from({ length }, () => random.normal()),
            dims,
          );
    return [name, tensor] as const;
  });
  return Object.fromEntries(tensors);
}
