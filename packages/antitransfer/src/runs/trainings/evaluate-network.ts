import { sgd, TrainingSession } from 'onnx-autograd';
import type { Network } from '../../learning/networks/network.js';
import type { Dataset } from '../../learning/training/dataset.js';
import { type Evaluation, evaluate } from '../../learning/training/evaluate.js';
import { evaluationProgram, type Observation } from '../../learning/training/programs.js';
import type { TrainingSettings } from '../../learning/training/settings.js';
import type { JobSurroundings } from '../jobs/job-context.js';

/** What a network that is trained already answers on clips: to the bit what the session of its training would. */
export async function evaluateNetwork(
  network: Network,
  data: Dataset,
  observe: Observation,
  { batch, convolutions }: Pick<TrainingSettings, 'batch' | 'convolutions'>,
  { execution, compiledCache }: Pick<JobSurroundings, 'execution' | 'compiledCache'>,
): Promise<Evaluation> {
  const { program, weights } = evaluationProgram(network, { observe: [observe], convolutions });
  const session = await TrainingSession.create({
    programs: { evaluate: program },
    weights,
    // No step is taken.
    optimizer: sgd({ learningRate: 0 }),
    thread: 'inline',
    compiledCache,
    ...(execution.threads !== null && { threads: execution.threads }),
  });
  try {
    return await evaluate(session, data, batch);
  } finally {
    await session.close();
  }
}
