import { readProgram } from '../onnx/read.js';
import { writeOnnx } from '../onnx/write.js';
import type { Program, TrainingProgram } from './program.js';

type AnyProgram = Program | TrainingProgram;

/** A program as plain data, which crosses from a thread to another: a graph does not. */
export type SentProgram = Omit<AnyProgram, 'graph'> & { readonly model: Uint8Array };

/** A program as plain data. Its bytes are its own: they can be handed over. */
export function programToSend({ graph, ...program }: AnyProgram): SentProgram {
  return { ...program, model: writeOnnx(graph) };
}

/** A program that crossed from a thread. */
export function programThatWasSent({ model, ...program }: SentProgram): AnyProgram {
  return { ...program, graph: readProgram(model) };
}
