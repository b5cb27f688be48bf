import { type Device, sgd, TrainingSession } from 'onnx-autograd';
import type { Network } from '../../learning/networks/network.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { type Evaluation, evaluate } from '../../learning/training/evaluate.js';
import { evaluationProgram, type Observation } from '../../learning/training/programs.js';
import type { TrainingSettings } from '../../learning/training/settings.js';
import type { JobSurroundings } from '../jobs/job-context.js';

/** Where and how a network is asked. */
export interface EvaluationRun extends Pick<JobSurroundings, 'execution' | 'compiledCache'> {
  readonly device: Device;
}

/**
 * What a network that is trained already answers on sets of clips: to the bit what the session of its training would. Maps are
 * kept of the first only.
 */
export async function evaluateNetwork(
  network: Network,
  datasets: readonly Dataset[],
  observe: Observation,
  { batch, convolutions }: Pick<TrainingSettings, 'batch' | 'convolutions'>,
  { execution, compiledCache, device }: EvaluationRun,
): Promise<Evaluation[]> {
  const { program, weights } = evaluationProgram(network, { observe: [observe], convolutions });
  const session = await TrainingSession.create({
    programs: { evaluate: program },
    weights,
    // No step is taken.
    optimizer: sgd({ learningRate: 0 }),
    thread: 'inline',
    compiledCache,
    device,
    ...(execution.threads !== null && { threads: execution.threads }),
  });
  try {
    const evaluations: Evaluation[] = [];
    for (const [index, data] of datasets.entries())
      evaluations.push(await evaluate(session, data, batch, index === 0 ? undefined : []));
    return evaluations;
  } finally {
    await session.close();
  }
}
