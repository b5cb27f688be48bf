import { writeOnnx } from 'onnx-autograd';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FrontEnd } from './front-end.js';

/** A front end compiled by ONNX Runtime for the CPU. It blocks the thread that it runs on while it computes. */
export class FrontEndSession {
  private constructor(
    readonly frontEnd: FrontEnd,
    private readonly session: InferenceSession,
  ) {}

  /** @param threads inside one operator; the work is too small for more than one to gain much */
  static async create(frontEnd: FrontEnd, threads = 1): Promise<FrontEndSession> {
    const session = await InferenceSession.create(writeOnnx(frontEnd.graph), {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
    });
    return new FrontEndSession(frontEnd, session);
  }

  /**
   * @param segments `(batch, samples)`
   * @returns `(batch, frames, bins)`
   */
  async run(segments: Float32Array): Promise<Float32Array> {
    const { input, output, samples } = this.frontEnd;
    const feed = new Tensor('float32', segments, [segments.length / samples, samples]);
    const results = await this.session.run({ [input.name]: feed });
    return results[output.name]?.data as Float32Array;
  }

  close(): Promise<void> {
    return this.session.release();
  }
}
