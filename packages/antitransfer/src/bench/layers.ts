import { type Feeds, float32, int64, type Program, Random } from 'onnx-autograd';
import { matrixProductSpeed, type Profile, profileProgram } from 'onnx-autograd/profiling';
import { CLASSES, programsOf, type StepSettings } from './settings.js';

export interface LayersProfile {
  /** Forward and backward pass; what the frozen network says is fed. */
  readonly step: Profile;
  /** The frozen network, where a step runs it. */
  readonly frozen: Profile | undefined;
  /** Of a matrix product of 2048, in GFLOP/s. */
  readonly matrixProduct: number;
}

/**
 * Where the time of a training step goes, on noise; the optimizer is not in it.
 *
 * @throws UserError when the tap does not exist.
 */
export async function profileLayers(settings: StepSettings): Promise<LayersProfile> {
  const { batch, threads, steps, cached } = settings;
  const { programs } = programsOf(settings);
  const { train, frozen, weights } = programs;
  const measure = (program: Program) =>
    profileProgram({ program, weights, feeds: noise(program, batch), threads, runs: steps });
  const before = await matrixProductSpeed({ threads, runs: steps });
  const step = await measure(train);
  const [asked] = frozen.values();
  const frozenProfile = asked === undefined || cached ? undefined : await measure(asked.program);
  // The machine may be busy at one end.
  const matrixProduct = Math.max(before, await matrixProductSpeed({ threads, runs: steps }));
  return { step, frozen: frozenProfile, matrixProduct };
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
