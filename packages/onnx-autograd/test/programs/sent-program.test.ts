import { adam, type TrainingProgram, writeOnnx } from 'onnx-autograd';
import { describe, expect, it } from 'vitest';
import { programThatWasSent, programToSend } from '../../src/programs/sent-program.js';
import { withUpdate } from '../../src/programs/update.js';
import { smallTraining } from '../sessions/training-network.js';

const { train } = smallTraining().programs as { train: TrainingProgram };

describe('a program stays as it was built', () => {
  it('on its way to another thread: the same graph, and all else as it was', () => {
    const { graph, ...others } = programThatWasSent(structuredClone(programToSend(train)));
    expect(writeOnnx(graph)).toEqual(writeOnnx(train.graph));
    const { graph: _, ...wanted } = train;
    expect(others).toEqual(wanted);
  });

  it('when the optimizer is put behind it, which is a graph of its own', () => {
    const before = writeOnnx(train.graph);
    const { graph, next } = withUpdate(train, adam(), { clipNorm: 1 });
    expect(graph.nodes.length).toBeGreaterThan(train.graph.nodes.length);
    for (const name of Object.values(next)) expect(graph.outputs.map((value) => value.name)).toContain(name);
    // Gradients are used where they are.
    const gradients = Object.values(train.gradients);
    expect(graph.outputs.filter(({ name }) => gradients.includes(name))).toEqual([]);
    expect(writeOnnx(train.graph)).toEqual(before);
  });
});
