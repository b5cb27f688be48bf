import { type OpenProgram, openProgram } from 'onnx-autograd';
import { fieldOf } from '../../lookup.js';
import { float32Of } from '../../numbers/float32.js';
import type { FrontEnd } from './front-end.js';

/** A front end compiled by ONNX Runtime for the CPU. It blocks the thread that it runs on while it computes. */
export class FrontEndSession {
  private constructor(
    readonly frontEnd: FrontEnd,
    private readonly program: OpenProgram,
  ) {}

  /** @param threads inside one operator; the work is too small for more than one to gain much */
  static async create(frontEnd: FrontEnd, threads = 1): Promise<FrontEndSession> {
    return new FrontEndSession(frontEnd, await openProgram(frontEnd.graph, { threads }));
  }

  /**
   * @param segments `(batch, samples)`
   * @returns `(batch, frames, bins)`
   */
  async run(segments: Float32Array): Promise<Float32Array> {
    const { input, output, samples } = this.frontEnd;
    const dims = [segments.length / samples, samples];
    const results = await this.program.run({ [input.name]: { type: 'float32', dims, data: segments } });
    return float32Of(fieldOf(results, output.name));
  }

  close(): Promise<void> {
    return this.program.close();
  }
}
