import {
  adam,
  crossEntropy,
  type DeviceChoice,
  expressions,
  type Feeds,
  type Graph,
  int64,
  ProgramBuilder,
  Random,
  TrainingSession,
  type Value,
} from 'onnx-autograd';
import { exportNetwork, soundNetwork } from './network.js';
import { type Clip, clipLength } from './sounds.js';

const batchSize = 16;

export interface Progress {
  readonly step: number;
  readonly loss: number;
  /** Part of the held-out clips that are told right; after each round through the clips. */
  readonly accuracy?: number;
  /** Milliseconds that the last step took. */
  readonly milliseconds: number;
}

/** The training of a network on clips, in a worker. */
export class SoundTraining {
  readonly #session: TrainingSession;
  readonly #network: Graph;
  readonly #random = new Random(5);

  private constructor(session: TrainingSession, network: Graph) {
    this.#session = session;
    this.#network = network;
  }

  static async create(classes: number, device: DeviceChoice): Promise<SoundTraining> {
    const network = soundNetwork(classes, new Random(1));
    const include = (training: boolean) => {
      const builder = new ProgramBuilder();
      const samples = builder.graph.input('samples', ['batch', clipLength]);
      const copy = builder.include(network, { inputs: { samples }, training });
      return { builder, logits: copy.value(network.outputs[0] as Value) };
    };
    const { builder, logits } = include(true);
    const labels = builder.graph.input('labels', ['batch'], 'int64');
    const evaluation = include(false);
    const probabilities = expressions.softmax(evaluation.logits, 1);
    const session = await TrainingSession.create({
      programs: {
        train: builder.trainingProgram(crossEntropy(logits, labels)),
        evaluate: evaluation.builder.program({ probabilities }),
      },
      weights: Object.fromEntries(builder.weights),
      optimizer: adam({ learningRate: 3e-3 }),
      clipNorm: 5,
      device,
    });
    return new SoundTraining(session, network);
  }

  get device(): string {
    return this.#session.device;
  }

  /** Threads of WebAssembly, once it is known how many are fastest. */
  get threads(): number | undefined {
    return this.#session.threads;
  }

  /** Trains until the caller stops asking; tells of every step. */
  async *run(clips: readonly Clip[], heldOut: readonly Clip[]): AsyncGenerator<Progress> {
    for (;;) {
      const order = this.#random.shuffle(clips);
      for (let begin = 0; begin < order.length; begin += batchSize) {
        const batch = order.slice(begin, begin + batchSize);
        const labels = int64(batch.map(({ label }) => label));
        const start = performance.now();
        const { step, loss } = await this.#session.step('train', { ...samplesOf(batch), labels });
        const milliseconds = performance.now() - start;
        const isLast = begin + batchSize >= order.length;
        yield { step, loss, milliseconds, ...(isLast && { accuracy: await this.#accuracy(heldOut) }) };
      }
    }
  }

  async #accuracy(clips: readonly Clip[]): Promise<number> {
    const told = await this.classify(clips.map(({ samples }) => samples));
    const right = told.filter((probabilities, i) => {
      return probabilities.indexOf(Math.max(...probabilities)) === clips[i]?.label;
    });
    return right.length / clips.length;
  }

  /** The probability of each class, for each clip. */
  async classify(clips: readonly Float32Array[]): Promise<number[][]> {
    const { probabilities } = await this.#session.run(
      'evaluate',
      samplesOf(clips.map((samples) => ({ samples }))),
    );
    const values = Array.from(probabilities?.data as Float32Array);
    const classes = values.length / clips.length;
    return clips.map((_, i) => values.slice(i * classes, (i + 1) * classes));
  }

  /** The trained network as an `.onnx` file. */
  async export(labels: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
    return exportNetwork(this.#network, await this.#session.weights(), labels);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function samplesOf(clips: readonly Pick<Clip, 'samples'>[]): Feeds {
  const data = new Float32Array(clips.length * clipLength);
  for (const [i, { samples }] of clips.entries()) data.set(samples, i * clipLength);
  return { samples: { type: 'float32', dims: [clips.length, clipLength], data } };
}
