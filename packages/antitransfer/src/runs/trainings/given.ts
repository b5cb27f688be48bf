import { UserError } from '../../errors.js';
import { withInput } from '../../learning/networks/input.js';
import { lastConvolution } from '../../learning/networks/network.js';
import { standardised } from '../../learning/networks/standardised.js';
import { loadDescribedNetwork, saveNetwork } from '../../learning/networks/store.js';
import type { Evaluation } from '../../learning/training/evaluate.js';
import { trainingSettings } from '../../learning/training/settings.js';
import { itemAt } from '../../lookup.js';
import { ClipLoader } from '../data/load-clips.js';
import type { JobContext } from '../jobs/job-context.js';
import { describeEnvironment } from '../store/environment.js';
import { deviceOf, type GivenJob } from '../store/job.js';
import type { OrthogonalRecord } from '../store/records.js';
import { clipScores } from './clip-scores.js';
import { evaluateNetwork } from './evaluate-network.js';
import { factsOf } from './stored-facts.js';

/** Tests a network that a user gave for an orthogonal task. */
export async function testGiven(job: GivenJob, context: JobContext): Promise<OrthogonalRecord> {
  const { store, folder } = context;
  const started = performance.now();
  const loader = await ClipLoader.open(store, job.features, job.standardisation);
  try {
    const validation = await loader.load(job.validation, job.column, job.classes);
    const path = store.model(job.model);
    const { network: given, facts } = await loadDescribedNetwork(path);
    const network = withInput(given, validation.features.shape, path);
    const seen = standardised(network, loader.standardisation);
    const observe = { tap: lastConvolution(seen), position: 'after' } as const;
    const answered = await evaluateNetwork(seen, [validation], observe, trainingSettings.parse({}), {
      ...context,
      device: deviceOf(job),
    });
    const evaluation = itemAt(answered, 0);
    requireAnswers(evaluation, job.column);
    return {
      kind: 'orthogonal',
      version: 2,
      network: await saveNetwork(folder.network, network, {
        // What its outputs are is known only where its file says so.
        ...(facts.outputs && { outputs: facts.outputs }),
        input: factsOf(job, loader).input,
      }),
      ...clipScores(await store.set(job.validation), validation, evaluation),
      given: true,
      seconds: (performance.now() - started) / 1000,
      environment: await describeEnvironment(deviceOf(job)),
    };
  } finally {
    await loader.close();
  }
}

/**
 * Makes sure that a network that a user gave for an orthogonal task says something that others can be compared with.
 *
 * @throws UserError when its loss or a feature map is NaN or infinite.
 */
function requireAnswers(
  { crossEntropy, maps }: Pick<Evaluation, 'crossEntropy' | 'maps'>,
  column: string,
): void {
  const wrong = Number.isFinite(crossEntropy) ? maps.find((value) => !Number.isFinite(value)) : crossEntropy;
  if (wrong === undefined) return;
  throw new UserError(
    `The network that was given for the label "${column}" (orthogonal.model) answers ${wrong} on the clips of its own ` +
      'task, so that nothing can be compared with it. Give another; or leave the key out, and one is trained.',
  );
}
