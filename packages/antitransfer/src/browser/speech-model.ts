import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { placeSamples } from '../data/features/segment.js';
import { messageOf, UserError } from '../errors.js';
import { isSaid } from '../listening/said.js';
import { StreamResampler } from '../listening/stream-resampler.js';
import { itemAt } from '../lookup.js';
import { argmax } from '../numbers/argmax.js';
import { fetchBytes, findCard } from './find-card.js';
import { type PageCard, segmentOf } from './page-card.js';

/** How a model is opened. */
export interface OpenModelOptions {
  /**
   * The card, or where it is, of a model that has none in its file. When absent it is read from the file, else from
   * `digits.json` beside `digits.onnx`.
   */
  readonly card?: string | URL | object;
  /** Ends fetching it. */
  readonly signal?: AbortSignal;
}

/** What a model says of a sound. */
export interface Recognised {
  /** The most probable one; undefined when it does not reach the card's level. */
  readonly label: string | undefined;
  /** Of the most probable one, in [0, 1]. */
  readonly probability: number;
  /** In the order of `card.labels`; they add up to one. */
  readonly probabilities: readonly number[];
}

/**
 * Opens a model that `antitransfer export` wrote, in a page: it runs on the processor, in WebAssembly, with one thread
 * unless `env.wasm.numThreads` of ONNX Runtime says otherwise. Nothing leaves the page.
 *
 * ```ts
 * const model = await openModel('digits.onnx');
 * for await (const { label, probability } of listen(model)) console.log(label, probability);
 * ```
 *
 * @param source where the file is, or its bytes
 * @throws UserError when it cannot be fetched, is no such model, or ONNX Runtime does not open it
 * @throws the signal's reason when it aborts
 */
export async function openModel(
  source: string | URL | ArrayBuffer | Uint8Array,
  { card: given, signal }: OpenModelOptions = {},
): Promise<SpeechModel> {
  const url = typeof source === 'string' || source instanceof URL ? String(source) : undefined;
  const bytes =
    source instanceof Uint8Array
      ? source
      : source instanceof ArrayBuffer
        ? new Uint8Array(source)
        : await fetchBytes(String(source), 'the model', signal);
  const name = url ?? 'the bytes that were given';
  const card = await findCard({ name, bytes, url }, given, signal);
  const model = await SpeechModel.create(bytes, card, name);
  if (signal?.aborted) {
    await model.close();
    throw signal.reason;
  }
  return model;
}

/** A model that is open in a page; see {@link openModel}. */
export class SpeechModel {
  /** Runs wait for each other: ONNX Runtime does one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    /** What it tells, and what it hears. */
    readonly card: PageCard,
    private readonly name: string,
    private readonly session: InferenceSession,
    private readonly tensorOf: (samples: Float32Array) => Tensor,
  ) {}

  /** @internal */
  static async create(bytes: Uint8Array, card: PageCard, name: string): Promise<SpeechModel> {
    const { env, InferenceSession, Tensor } = await import('onnxruntime-web/wasm');
    // A word takes two milliseconds: threads would only wait for each other.
    env.wasm.numThreads ||= 1;
    const session = await InferenceSession.create(bytes).catch((cause: unknown) => {
      throw new UserError(`ONNX Runtime cannot open the model "${name}": ${messageOf(cause)}`, { cause });
    });
    const model = new SpeechModel(
      card,
      name,
      session,
      (samples) => new Tensor('float32', samples, [1, samples.length]),
    );
    // What does not fit is told now, not at the first word.
    try {
      await model.probabilities(new Float32Array(segmentOf(card)));
    } catch (error) {
      await model.close();
      throw error;
    }
    return model;
  }

  /**
   * What the model says of one sound, placed in its segment as in training: a longer one is cropped, a shorter one padded
   * with zeros. Of sound in which words are to be found, ask `hear` or `listen`.
   *
   * @param samples shape (any), in [-1, 1], of one channel
   * @param sampleRate of the samples, a whole number of Hz
   * @throws UserError when the rate is none
   */
  async recognise(samples: Float32Array, sampleRate: number): Promise<Recognised> {
    const { card } = this;
    const resampler = new StreamResampler(sampleRate, card.sampleRate);
    const begun = resampler.push(samples);
    const rest = resampler.end();
    const sound = new Float32Array(begun.length + rest.length);
    sound.set(begun);
    sound.set(rest, begun.length);
    return this.answer(sound, card.level ?? 0);
  }

  /** @internal What it says of a sound at its own rate. */
  async answer(sound: Float32Array, level: number): Promise<Recognised> {
    const segment = new Float32Array(segmentOf(this.card));
    placeSamples(sound, segment, this.card.placement);
    const probabilities = await this.probabilities(segment);
    const best = argmax(probabilities);
    return {
      label: isSaid(probabilities, level) ? itemAt(this.card.labels, best) : undefined,
      probability: itemAt(probabilities, best),
      probabilities,
    };
  }

  /** Frees its memory; it cannot be asked any more. */
  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await this.session.release();
  }

  private async probabilities(segment: Float32Array): Promise<number[]> {
    const running = this.#last
      .catch(() => undefined)
      .then(() => this.session.run({ samples: this.tensorOf(segment) }));
    this.#last = running;
    const { probabilities } = await running.catch((cause: unknown) => {
      throw new UserError(`The model "${this.name}" cannot be run as its card says: ${messageOf(cause)}`, {
        cause,
      });
    });
    const values = Array.from((probabilities?.data ?? []) as Float32Array);
    if (values.length === this.card.labels.length) return values;
    throw new UserError(
      `The model "${this.name}" gives ${values.length} probabilities, its card has ${this.card.labels.length} labels: they are not of one model.`,
    );
  }
}
